//! What the product's tests share.

pub mod oracle;
