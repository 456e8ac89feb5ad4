use super::{Answer, Evidence, Facts, Signal};
use crate::ids::PackageId;
use crate::job::SignalParameters;
use crate::tables::{Authorization, Publication};
use crate::units::Day;

/// The newest release proves less of where it was built than those before.
pub struct ProvenanceLost;

/// Releases of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
struct DayOfReleases {
    day: Day,
    /// The first version of that day, as written.
    version: String,
    /// One of them carries provenance.
    is_proven: bool,
}

impl Signal for ProvenanceLost {
    fn name(&self) -> &'static str {
        "provenance_lost"
    }

    fn question(&self) -> &'static str {
        "Does the newest release lack the provenance that the releases before it carried?"
    }

    fn method(&self) -> &'static str {
        "Releases by day, withdrawn ones left out. One carries provenance when its attestation was verified here, or the registry says \
         that a workflow it verified published it (trusted publishing). Fires when no release of the newest day carries any, and at least the \
         job's number of the earlier days looked at do; strength is their share. A release made by hand in a hurry looks the same as one by \
         somebody else. Unknown where the registry gives no days, or no earlier release is known to carry provenance."
    }

    fn ask(&self, facts: &Facts, parameters: &SignalParameters, package: PackageId) -> Answer {
        let publications = &facts.tables.publications;
        let start = publications.partition_point(|row| row.package < package);
        let own = publications[start..].iter().take_while(|row| row.package == package).filter(|row| !row.is_yanked);
        let days = by_day(own, |row| {
            let key = (package, row.version.as_str());
            let rows = &facts.tables.provenance;
            let start = rows.partition_point(|row| (row.package, row.version.as_str()) < key);
            let mut same = rows[start..].iter().take_while(|row| (row.package, row.version.as_str()) == key);
            row.authorization == Some(Authorization::TrustedPublisher) || same.any(|row| row.is_verified)
        });
        let Some((newest, earlier)) = days.split_last() else {
            return Answer::Unknown("the registry gives no days of its releases");
        };
        let looked_at = &earlier[earlier.len().saturating_sub(parameters.provenance_lost_days.value as usize)..];
        let proven = looked_at.iter().filter(|day| day.is_proven).count();
        if proven == 0 {
            return Answer::Unknown("no earlier release is known to carry provenance");
        }
        if newest.is_proven || (proven as f64) < parameters.provenance_lost_min_proven.value {
            return Answer::No;
        }
        let sentence = format!(
            "Version {} of {} carries no provenance that holds; {proven} of the {} days of releases before it have one that does.",
            newest.version,
            newest.day,
            looked_at.len()
        );
        let strength = proven as f64 / looked_at.len() as f64;
        Answer::Yes(Evidence { strength, first_seen: newest.day, sentence, neighbor: None })
    }
}

/// Releases with a known day, in order of their days.
fn by_day<'p>(releases: impl Iterator<Item = &'p Publication>, is_proven: impl Fn(&Publication) -> bool) -> Vec<DayOfReleases> {
    let mut dated: Vec<(Day, &Publication)> = releases.filter_map(|row| Some((row.published?, row))).collect();
    dated.sort_by_key(|(day, _)| *day);
    let of_day = |same: &[(Day, &Publication)]| DayOfReleases {
        day: same[0].0,
        version: same[0].1.version.clone(),
        is_proven: same.iter().any(|(_, row)| is_proven(row)),
    };
    dated.chunk_by(|a, b| a.0 == b.0).map(of_day).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_of_one_day_stand_together() {
        let release = |version: &str, day: Option<i32>| Publication {
            package: PackageId::from_row(0),
            version: version.to_owned(),
            published: day.map(Day),
            publisher: None,
            authorization: None,
            is_yanked: false,
            digest: None,
            commit: None,
            registry_signature: None,
        };
        let releases = [release("1.0", Some(9)), release("0.9.1", Some(7)), release("1.0-lts", Some(9)), release("0.1", None)];
        let days = by_day(releases.iter(), |row| row.version == "1.0-lts");
        let day = |day, version: &str, is_proven| DayOfReleases { day: Day(day), version: version.to_owned(), is_proven };
        assert_eq!(days, [day(7, "0.9.1", false), day(9, "1.0", true)]);
        assert_eq!(by_day([].iter(), |_| true), []);
    }
}
