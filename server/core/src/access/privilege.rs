//! The privileges, as data.

/// One thing that a role may allow. Names are those of `[rbac] roles`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Privilege {
    /// See the list of sessions.
    SessionList,
    /// Join a session by its code.
    SessionJoin,
    /// Open a session without a code, view only.
    SessionMonitor,
    /// Point at the page.
    SessionPoint,
    /// Draw on the page.
    SessionDraw,
    /// Act on the page.
    SessionControl,
    /// Send the page elsewhere.
    SessionNavigate,
    /// Write notes.
    SessionNote,
    /// Take a session over from another agent.
    SessionTakeOver,
    /// End a session.
    SessionEnd,
    /// Read a session's audit trail.
    AuditRead,
    /// Try the policy on a page.
    PolicyPreview,
    /// Read the configuration.
    ConfigRead,
    /// Reload the configuration.
    ConfigReload,
    /// Read recordings.
    RecordingRead,
}

/// Every privilege with its name.
pub const PRIVILEGES: [(Privilege, &str); 15] = [
    (Privilege::SessionList, "session.list"),
    (Privilege::SessionJoin, "session.join"),
    (Privilege::SessionMonitor, "session.monitor"),
    (Privilege::SessionPoint, "session.point"),
    (Privilege::SessionDraw, "session.draw"),
    (Privilege::SessionControl, "session.control"),
    (Privilege::SessionNavigate, "session.navigate"),
    (Privilege::SessionNote, "session.note"),
    (Privilege::SessionTakeOver, "session.take-over"),
    (Privilege::SessionEnd, "session.end"),
    (Privilege::AuditRead, "audit.read"),
    (Privilege::PolicyPreview, "policy.preview"),
    (Privilege::ConfigRead, "config.read"),
    (Privilege::ConfigReload, "config.reload"),
    (Privilege::RecordingRead, "recording.read"),
];

impl Privilege {
    /// The privilege of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        PRIVILEGES.iter().find(|(_, known)| *known == name).map(|(privilege, _)| *privilege)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        PRIVILEGES.iter().find(|(known, _)| *known == self).map_or("", |(_, name)| name)
    }
}

/// What one agent may do: the union of her roles. Empty allows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PrivilegeSet(u16);

impl PrivilegeSet {
    /// Adds one.
    #[must_use]
    pub fn with(self, privilege: Privilege) -> Self {
        Self(self.0 | 1 << privilege as u8)
    }

    /// Whether it holds one.
    #[must_use]
    pub fn has(self, privilege: Privilege) -> bool {
        self.0 & (1 << privilege as u8) != 0
    }

    /// Both together.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// All it holds, in the table's order.
    pub fn iter(self) -> impl Iterator<Item = Privilege> {
        PRIVILEGES.iter().map(|(privilege, _)| *privilege).filter(move |privilege| self.has(*privilege))
    }

    /// Their names.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        self.iter().map(Privilege::name)
    }
}
