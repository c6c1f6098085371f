//! Which side of the sanitizer a value stands on, as a type.

/// A value that came from outside. Nothing that reaches an agent, a store or a log accepts one.
#[derive(Debug, Clone, PartialEq)]
pub struct Untrusted<T>(T);

impl<T> Untrusted<T> {
    /// Marks what came from outside.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// Hands the value to code of this crate that judges it.
    pub(crate) fn into_inner(self) -> T {
        self.0
    }

    /// Looks at the value from code of this crate that judges it.
    pub(crate) fn get(&self) -> &T {
        &self.0
    }
}

/// A value that the sanitizer made. The constructor is private to this crate and called only by `sanitize` and by
/// the encoders of messages that hold no page content; so a forgotten call does not compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Safe<T>(T);

impl<T> Safe<T> {
    pub(crate) fn vouch(value: T) -> Self {
        Self(value)
    }

    /// The value, fit to leave the server.
    pub fn get(&self) -> &T {
        &self.0
    }

    /// The value, fit to leave the server.
    pub fn into_inner(self) -> T {
        self.0
    }
}
