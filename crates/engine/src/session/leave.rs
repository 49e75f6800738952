//! Signing out and locking.

use std::sync::Arc;

use contract::session::{Lock, SessionState, SignOut};

use super::current;
use crate::{app::Inner, call::RunSession, error::Result};

impl RunSession for SignOut {
    async fn run(self, inner: &Arc<Inner>) -> Result<SessionState> {
        inner.session.write().await.0 = None;
        super::tell_others(inner).await;
        current(inner).await
    }
}

impl RunSession for Lock {
    async fn run(self, inner: &Arc<Inner>) -> Result<SessionState> {
        if let Some(seat) = inner.session.write().await.0.as_mut() {
            seat.is_locked = true;
            seat.confirmed = None;
        }
        current(inner).await
    }
}
