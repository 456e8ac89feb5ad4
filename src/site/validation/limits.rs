//! What the measurements above cannot say.

use askama::Template;

use crate::site::Pages;

#[derive(Template)]
#[template(path = "validation_limits.html", config = "site/askama.toml")]
struct Limits;

/// The section.
pub(super) fn html(_: &Pages) -> askama::Result<String> {
    Limits.render()
}
