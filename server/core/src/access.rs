//! Who may do what: privileges, the roles that hold them, and the websites that they hold for.

mod privilege;
mod role;
mod scope;

pub use privilege::{PRIVILEGES, Privilege, PrivilegeSet};
pub use role::Roles;
pub use scope::Sites;
