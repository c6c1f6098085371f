//! What a page may become before an agent sees it: allow-lists as data, and the code that applies them.

pub mod css;
pub mod url;

#[cfg(test)]
mod testing;
