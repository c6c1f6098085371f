//! Who may do what: privileges, the roles that hold them, the websites that they hold for, and the table of what takes which.

mod action;
mod judge;
mod privilege;
mod role;
mod scope;

pub use action::{ACTIONS, Action, Ask, Needs};
pub use judge::{Denied, Place, Rights};
pub use privilege::{PRIVILEGES, Privilege, PrivilegeSet};
pub use role::Roles;
pub use scope::Sites;
