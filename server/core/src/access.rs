//! Who may do what: privileges, and the roles that hold them.

mod privilege;

pub use privilege::{PRIVILEGES, Privilege, PrivilegeSet};
