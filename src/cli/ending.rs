//! Being told to end: by Ctrl-C, or by whoever looks after the machine.

use tokio_util::sync::CancellationToken;

/// The first signal asks; the second is from somebody who does not want to wait, and loses nothing acknowledged either.
pub async fn end_when_told(ending: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        return;
    };
    for _ in 0..2 {
        tokio::select! {
            _ = int.recv() => {}
            _ = term.recv() => {}
        }
        if ending.is_cancelled() {
            std::process::exit(1);
        }
        tracing::info!("told to end");
        ending.cancel();
    }
}
