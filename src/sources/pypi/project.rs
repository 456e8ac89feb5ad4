//! The two documents of a project → one project.

use std::collections::BTreeSet;
use std::str::FromStr;

use pep440_rs::Version as Pep440;

use super::documents::{Info, Ownership, Simple, Whole};
use super::requirement::need;
use super::{SOURCE, files, links};
use crate::ids::{Ecosystem, Purl, pypi_name};
use crate::sources::registry::{Fields, Login, Need, Project, Refusal, Version, cut_off};
use crate::tables::{MaintainerRole, PackageFlag, ReadReport};
use crate::units::Day;

/// Reads what the index says of `name`; either document may be missing. Facts after `until` are left out. `Err` is why the
/// documents as a whole are refused or set aside.
pub(super) fn project(name: &str, simple: Option<&[u8]>, whole: Option<&[u8]>, until: Option<Day>) -> Result<Project, Refusal> {
    let broken = |_| Refusal::Reject("document is not JSON of a project");
    let simple: Simple = simple.map_or_else(|| Ok(Simple::default()), |text| serde_json::from_slice(text).map_err(broken))?;
    let whole: Whole = whole.map_or_else(|| Ok(Whole::default()), |text| serde_json::from_slice(text).map_err(broken))?;
    let empty = Info::default();
    let info = whole.info.get().unwrap_or(&empty);
    let names = [simple.name.get(), info.name.get()];
    if names.iter().flatten().any(|own| pypi_name(own) != pypi_name(name)) || names == [None; 2] {
        return Err(Refusal::Reject("document is about another project"));
    }
    let purl = Purl::new(Ecosystem::Pypi, name).ok_or(Refusal::Reject("name is no name of a project"))?;
    let mut report = ReadReport::new(SOURCE, "documents");
    let mut versions = files::versions(name, &simple, &whole, &mut report);
    let is_later = cut_off(&mut versions, until, &mut report);
    let newest = newest(info, &versions).ok_or(Refusal::Skip("project without files"))?.to_owned();
    let is_described = info.version.get() == Some(newest.as_str());
    let needs = if is_described { needs(info, &purl, &mut report) } else { Vec::new() };
    if !is_described {
        report.skip("project whose document describes another version than the newest");
    }
    let logins = logins(whole.ownership.get(), is_later, &mut report);
    report.read_count = 1;
    Ok(Project {
        purl,
        name: info.name.get().or(simple.name.get()).unwrap_or(name).to_owned(),
        homepage: links::home(info, &mut report),
        flags: flags(&simple),
        logins,
        newest,
        needs,
        links: links::repository(info, &mut report).into_iter().collect(),
        versions,
        attested: Vec::new(),
        report,
    })
}

/// What the index calls the newest; when that has no files that count, the highest version that is neither yanked nor a preview.
fn newest<'v>(info: &Info, versions: &'v [Version]) -> Option<&'v str> {
    let described = versions.iter().find(|version| info.version.get() == Some(version.version.as_str()));
    let order = |version: &&Version| {
        let parsed = Pep440::from_str(&version.version).ok();
        let is_stable = parsed.as_ref().is_some_and(Pep440::is_stable);
        (!version.is_yanked, is_stable, parsed, version.version.clone())
    };
    described.or_else(|| versions.iter().max_by_key(order)).map(|version| version.version.as_str())
}

fn needs(info: &Info, own: &Purl, report: &mut ReadReport) -> Vec<Need> {
    let mut needs = BTreeSet::new();
    for text in &info.requires_dist.0 {
        match need(text.as_deref().unwrap_or_default()) {
            // `name[all]` that asks for its own extras.
            Ok(need) if need.purl == *own => {}
            Ok(need) => {
                needs.insert(need);
            }
            Err(reason) => report.skip(reason),
        }
    }
    needs.into_iter().collect()
}

/// Accounts with a role and the organization, in the order of the document.
fn logins(ownership: Option<&Ownership>, is_later: bool, report: &mut ReadReport) -> Vec<Login> {
    let Some(ownership) = ownership else {
        report.skip("document that says nothing of ownership");
        return Vec::new();
    };
    if is_later {
        report.skip("ownership of a later day than asked for");
        return Vec::new();
    }
    let (mut logins, mut seen) = (Vec::new(), BTreeSet::new());
    for Fields(role) in &ownership.roles.0 {
        let (user, role) = role.as_ref().map_or((None, None), |role| (role.user.get(), role.role.get()));
        let role = match role {
            Some("Owner") => MaintainerRole::Maintainer,
            Some("Maintainer") => MaintainerRole::Uploader,
            _ => {
                report.skip("role that is neither Owner nor Maintainer");
                continue;
            }
        };
        match user.and_then(|user| Login::person(user, role)) {
            Some(login) if seen.insert((user, role)) => logins.push(login),
            Some(_) => report.skip("role named twice"),
            None => report.skip("role of a user whose name is no login"),
        }
    }
    if let Some(organization) = ownership.organization.get() {
        match Login::organization(organization) {
            Some(login) => logins.push(login),
            None => report.skip("organization whose name is no login"),
        }
    }
    logins
}

/// <https://packaging.python.org/en/latest/specifications/project-status-markers/>; `active` is no flag.
fn flags(simple: &Simple) -> BTreeSet<PackageFlag> {
    let flag = match simple.project_status.0.0.as_deref() {
        Some("archived") => Some(PackageFlag::Archived),
        Some("quarantined") => Some(PackageFlag::Quarantined),
        Some("deprecated") => Some(PackageFlag::Deprecated),
        _ => None,
    };
    flag.into_iter().collect()
}
