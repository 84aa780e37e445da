//! The table of what good looks like, on a synthetic England of a million assets: ours beside its peers, in one run, and
//! every answer compared with the known one. `make bench` runs it.
//!
//! Peers that are not installed are left out, and what to install is said. Nothing here fails because a figure is worse
//! than aimed at; a wrong answer ends the run.

mod answers;
mod data;
#[path = "../../tests/support/england.rs"]
mod england;
mod peers;
mod serving;
mod start;
mod table;
mod tiles;
mod undo;
mod writes;

use commonground::app::App;
use commonground::atlas::Viewer;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    if serving::is_hello() {
        return serving::hello();
    }
    if std::env::args().any(|word| word == "undo") {
        return undo::measure();
    }
    rayon::ThreadPoolBuilder::new().num_threads(2).build_global().expect("two threads");
    let data = data::made();
    let peers = peers::measured();
    let mut table = table::Table::default();
    start::measure(&data, &mut table);
    serving::measure(&data, &mut table);
    writes::measure(&data, &mut table);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let app = runtime.block_on(App::open(&data.address(), jiff::tz::TimeZone::UTC)).expect("the data opens");
    let view = app.view(Viewer::PUBLIC);
    answers::nearest(&view, &peers, &mut table);
    answers::coverage(&view, &peers, &mut table);
    tiles::measure(&view, &peers, &mut table);
    table.print();
}
