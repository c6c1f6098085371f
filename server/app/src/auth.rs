//! Who somebody is: secrets, passwords, logins, join codes, tokens, and the credentials of sockets.

pub mod agent_token;
pub mod app_key;
pub mod contact;
pub mod join_code;
pub mod jwt;
pub mod login;
pub mod oidc;
pub mod password;
mod sealing;
pub mod secret;
pub mod shared_keys;
pub mod socket;
pub mod standing;
pub mod subject;
