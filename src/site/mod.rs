//! Placeholder until the renderer is merged.
/// x
#[derive(Debug)]
pub struct SiteSummary {
    /// x
    pub file_count: u64,
    /// x
    pub byte_count: u64,
}
/// x
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct SiteError;
/// x
pub fn render(_: &crate::snapshot::Published, _: &std::path::Path) -> Result<SiteSummary, SiteError> {
    Ok(SiteSummary { file_count: 0, byte_count: 0 })
}
