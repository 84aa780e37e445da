//! Connections: taken in up to a number, of which one address has a quarter, not kept by who sends or reads nothing, and
//! ended without cutting off what is under way. Behind one door the program first says that it is starting, then serves.

use arc_swap::ArcSwap;
use axum::Router;
use axum::body::Body;
use axum::http::StatusCode;
use axum::routing::get;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use metrics::counter;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::about;
use super::client::{Client, Peer};
use super::error::Refusal;
use super::limits::Limits;
use super::places::Places;

/// What is served at this moment.
pub struct Door {
    router: ArcSwap<Router>,
}

impl Door {
    /// Open already.
    pub fn open(router: Router) -> Arc<Self> {
        Arc::new(Self { router: ArcSwap::from_pointee(router) })
    }

    /// Says that it lives and is not ready, until there is something to serve.
    pub fn starting() -> Arc<Self> {
        let not_yet =
            || async { Refusal::bare(StatusCode::SERVICE_UNAVAILABLE, "Starting: not everything is in memory yet") };
        Self::open(Router::new().route("/healthz", get(about::healthz)).fallback(not_yet))
    }

    /// From the next request on, this is served.
    pub fn serve(&self, router: Router) {
        self.router.store(Arc::new(router));
    }
}

/// How long nothing is accepted after the system refused (too many open files, say).
const PAUSE: Duration = Duration::from_millis(200);

/// What is said to who has its share of connections already; what it asks is not waited for.
const ENOUGH: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 2\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Serves until `ending`; then accepts nothing more, and waits for what is under way as long as the limits say.
pub async fn serve(listener: TcpListener, door: Arc<Door>, limits: Limits, ending: CancellationToken) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let shares = Places::with_a_reserve(limits.connections);
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            biased;
            () = ending.cancelled() => break,
            accepted = accepted => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let Some(share) = shares.take(Client::of_connection(peer, &limits)) else {
            counter!("commonground_refused_total", "why" => "connections").increment(1);
            refuse(stream);
            continue;
        };
        let connection = connection(stream, peer, door.clone(), limits.patience, graceful.watcher());
        tokio::spawn(async move {
            connection.await;
            drop((place, share));
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.shutdown, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still under way when time was up");
    }
}

fn refuse(stream: TcpStream) {
    use std::io::Write;
    // It is new: what is so short finds room, or nobody waits for it.
    let _ = stream.into_std().and_then(|mut stream| stream.write(ENOUGH));
}

async fn connection(stream: TcpStream, peer: SocketAddr, door: Arc<Door>, patience: Duration, watcher: Watcher) {
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    // Who does not read what was asked for: an answer, or an event stream. Reading has no limit of its own here, as
    // who listens says nothing; heads and bodies have theirs.
    stream.set_write_timeout(Some(patience));
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        Router::clone(&door.router.load()).oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    // How a single connection ended is its client's affair.
    let _ = watcher.watch(connection).await;
}
