//! What customers' pages are asked for, and what came of it to another node.

use bytes::Bytes;
use vitrine_core::ids::SessionId;

use super::state::{Asked, State, Upload};
use super::{Memory, after};
use crate::ops::clock::Time;
use crate::store::sessions::limits::{UPLOADS_BYTES_MAX, UPLOADS_MAX};
use crate::store::sessions::ops::Refused;
use crate::store::sessions::watch::Watch;

impl Memory {
    pub(in super::super) fn expect_upload(&self, session: &SessionId, request: u64) -> Result<(), Refused> {
        self.change(session, |state, now| {
            state.sweep_uploads(now);
            if state.uploads.len() >= UPLOADS_MAX {
                return Err(Refused::Full);
            }
            if state.uploads.contains_key(&request) {
                return Err(Refused::Taken);
            }
            state.set_upload(now, request, Upload::Asked);
            Ok(())
        })
    }

    pub(in super::super) fn begin_upload(&self, session: &SessionId, request: u64) -> Result<bool, Refused> {
        self.change(session, |state, now| {
            state.sweep_uploads(now);
            let is_asked = matches!(state.uploads.get(&request), Some(Asked { upload: Upload::Asked, .. }));
            if is_asked {
                state.set_upload(now, request, Upload::Coming);
            }
            Ok(is_asked)
        })
    }

    pub(in super::super) fn put_upload(&self, session: &SessionId, request: u64, sent: Bytes) -> Result<(), Refused> {
        self.change(session, |state, now| {
            state.sweep_uploads(now);
            if !matches!(state.uploads.get(&request), Some(Asked { upload: Upload::Coming, .. })) {
                return Err(Refused::Gone);
            }
            let kept: usize = state.uploads.values().map(|asked| asked.upload.bytes()).sum();
            if kept + sent.len() > UPLOADS_BYTES_MAX {
                return Err(Refused::Full);
            }
            state.set_upload(now, request, Upload::Here(sent));
            state.wake_uploads.send_modify(|wakes| *wakes = wakes.wrapping_add(1));
            Ok(())
        })
    }

    pub(in super::super) fn take_upload(
        &self,
        session: &SessionId,
        request: u64,
        is_last: bool,
    ) -> Result<Option<Bytes>, Refused> {
        self.change(session, |state, now| {
            state.sweep_uploads(now);
            let is_here = matches!(state.uploads.get(&request), Some(Asked { upload: Upload::Here(_), .. }));
            let taken = if is_here || is_last { state.uploads.remove(&request) } else { None };
            Ok(taken.and_then(|asked| if let Upload::Here(sent) = asked.upload { Some(sent) } else { None }))
        })
    }

    pub(in super::super) fn watch_uploads(&self, session: &SessionId) -> Result<Watch, Refused> {
        self.read(session, |state, _| Watch::counted(state.wake_uploads.subscribe()))
    }
}

impl State {
    fn set_upload(&mut self, now: Time, request: u64, upload: Upload) {
        let until = after(now, self.spans.upload);
        self.uploads.insert(request, Asked { until, upload });
    }

    fn sweep_uploads(&mut self, now: Time) {
        self.uploads.retain(|_, asked| asked.until > now);
    }
}

impl Upload {
    fn bytes(&self) -> usize {
        if let Self::Here(sent) = self { sent.len() } else { 0 }
    }
}
