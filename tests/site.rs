//! The site in a real headless Chromium: search, a package page, keyboard, narrow and dark screens, console.
//!
//! Skips with a line where Chromium or chromedriver is absent; fails there when `CI=true`.

use std::path::Path;

use trustgraph::{site, snapshot, units};

#[path = "site/browser.rs"]
mod browser;
#[path = "site/query.rs"]
mod query;
#[path = "site/sample.rs"]
mod sample;
#[path = "site/server.rs"]
mod server;

use browser::Browser;
use server::Server;

/// A rendered site, a server for it, and a browser; `None` where there is no browser.
fn start() -> Option<(tempfile::TempDir, Server, Browser)> {
    let browser = Browser::start()?;
    let folder = tempfile::tempdir().expect("a folder");
    site::render(&sample::published(1500), &folder.path().join("site")).expect("a site");
    let server = Server::start(&folder.path().join("site"));
    Some((folder, server, browser))
}

/// Types `text` into the field `input`, waits for results, and returns their names.
fn search(browser: &Browser, input: &str, text: &str) -> Vec<String> {
    browser.run(&format!("const q = document.querySelector('{input}'); q.value = ''; q.focus();"));
    browser.press(text);
    browser.wait(&format!(
        "const q = document.querySelector('{input}'); return q.dataset.answered === '{text}' && !q.nextElementSibling.hidden;"
    ));
    let names = browser.run(&format!(
        "return [...document.querySelector('{input}').nextElementSibling.querySelectorAll('.name')].map(n => n.textContent);"
    ));
    serde_json::from_value(names).expect("names")
}

fn has_no_error(browser: &Browser) {
    let lines = browser.console_errors();
    assert!(lines.is_empty(), "{lines:?}");
}

#[test]
fn a_reader_finds_and_understands_a_package() {
    let Some((folder, server, browser)) = start() else { return };
    searches(&browser, &server.address("index.html"));
    package_page(&browser, &server);
    narrow_and_dark(&browser, &server);
    evidence_is_readable_on_a_phone(&browser, &server);
    query::a_table_is_asked_in_the_browser(&browser, folder.path());
    search_from_a_disk(&browser, folder.path());
}

fn searches(browser: &Browser, home: &str) {
    browser.open(home);
    has_no_error(browser);
    browser.press("/");
    assert_eq!(browser.run("return document.activeElement.id;"), "q2", "the slash leads to the search field");
    assert_eq!(search(browser, "#q2", "xz-utils")[0], "xz-utils", "exact comes first");
    assert_eq!(search(browser, "#q2", "xz-utlis")[0], "xz-utils", "two letters swapped");
    assert_eq!(search(browser, "#q2", "opensl")[0], "openssl", "begins with it");
    assert_eq!(search(browser, "#q2", "openslsl")[0], "openssl", "one letter too many");
    assert_eq!(search(browser, "#q2", "libc6")[0], "libc6", "an installed name");
    assert_eq!(
        browser.run("return document.querySelector('#q2').nextElementSibling.querySelector('.muted').textContent;"),
        "installed name, built from glibc"
    );
    assert!(search(browser, "#q2", "zzzz").is_empty());
    let took = browser.run(
        "const q = document.querySelector('#q2'); const start = performance.now(); q.value = 'python-'; \
         q.dispatchEvent(new Event('input')); return new Promise(done => { const look = () => q.dataset.answered === 'python-' \
         ? done(performance.now() - start) : setTimeout(look, 1); look(); });",
    );
    assert!(took.as_f64().is_some_and(|milliseconds| milliseconds < 500.0), "{took}");
    search(browser, "#q2", "xz-utils");
    browser.press(browser::ARROW_DOWN);
    let active = browser.run("return document.querySelector('#q2').getAttribute('aria-activedescendant');");
    assert_eq!(active, "q2-results-0");
    browser.press(browser::ESCAPE);
    assert_eq!(browser.run("return document.querySelector('#q2').getAttribute('aria-expanded');"), "false");
    browser.press(browser::ENTER);
    browser.wait("return location.pathname.endsWith('/package/debian/xz/xz-utils.html');");
    has_no_error(browser);
}

fn package_page(browser: &Browser, server: &Server) {
    browser.open(&server.address("package/debian/de/debhelper.html"));
    let sums = browser.run(
        "const points = [...document.querySelectorAll('.ledger tbody td:last-child')] \
         .map(cell => Number(cell.textContent.replace('−', '-').trim())); \
         return [points.reduce((a, b) => a + b, 0), Number(document.querySelector('.ledger tfoot td:last-child').textContent), \
         Number(document.querySelector('.score .value').textContent), points.length];",
    );
    let sums: Vec<f64> = serde_json::from_value(sums).expect("four numbers");
    assert!((sums[0] - sums[1]).abs() <= 0.005 * sums[3] + 1e-9 && (sums[1] - sums[2]).abs() <= 0.051, "{sums:?}");
    let graph = browser.run("return document.querySelectorAll('.graph svg a[href]').length;");
    assert!(graph.as_i64().is_some_and(|links| links >= 8), "{graph}");
    browser.run("document.querySelector('.tools button').click();");
    assert_ne!(browser.run("return document.querySelector('.graph svg').getAttribute('viewBox').split(' ')[2];"), "760");
    let first = "return document.querySelector('#dependents').parentElement.querySelector('tbody a').textContent;";
    browser.run("document.querySelector('#dependents').parentElement.querySelector('thead button').focus();");
    browser.press(browser::ENTER);
    let rising = browser.run(first);
    browser.press(browser::ENTER);
    let falling = browser.run(first);
    assert!(rising.as_str() < falling.as_str(), "{rising} {falling}");
    let sorted =
        browser.run("return document.querySelector('#dependents').parentElement.querySelector('th').getAttribute('aria-sort');");
    assert_eq!(sorted, "descending");
    has_no_error(browser);
}

fn narrow_and_dark(browser: &Browser, server: &Server) {
    let background = "return getComputedStyle(document.body).backgroundColor;";
    browser.set_color_scheme("light");
    let light = browser.run(background);
    browser.set_color_scheme("dark");
    assert_ne!(light, browser.run(background), "a dark screen gets dark paper");
    browser.set_width(390);
    let long = format!("package/debian/xx/{}.html", long_slug());
    for page in [
        "index.html",
        "signals.html",
        "needs-support.html",
        "changes.html",
        "method.html",
        "validation.html",
        "data.html",
        "schema.html",
        "404.html",
        "ecosystem/debian.html",
        "signal/lone__maintainer.html",
        "package/debian/xz/xz-utils.html",
        "package/debian/de/debhelper.html",
        &long,
        "package/debian/xz/index.html",
    ] {
        browser.open(&server.address(page));
        let widths = browser.run("const page = document.documentElement; return [page.scrollWidth, page.clientWidth];");
        let [wide, seen]: [i64; 2] = serde_json::from_value(widths).expect("two widths");
        assert!(wide <= seen, "{page} scrolls sideways: {wide} > {seen}");
        has_no_error(browser);
    }
}

fn evidence_is_readable_on_a_phone(browser: &Browser, server: &Server) {
    browser.set_width(390);
    for page in ["needs-support.html", "signal/lone__maintainer.html"] {
        browser.open(&server.address(page));
        let width = browser.run("return document.querySelector('.stack td.wrap').getBoundingClientRect().width;");
        assert!(width.as_f64().is_some_and(|pixels| pixels > 340.0), "{page}: {width}");
    }
}

/// File name of the package whose name has 300 letters.
fn long_slug() -> String {
    use sha2::Digest;
    let name = sample::HOSTILE[6];
    let digest = trustgraph::ordered::hex(&sha2::Sha256::digest(name.as_bytes()));
    format!("{}_-{}", &name[..102], &digest[..16])
}

fn search_from_a_disk(browser: &Browser, folder: &Path) {
    let page = folder.join("site/package/debian/de/debhelper.html");
    browser.open(&format!("file://{}", page.display()));
    assert_eq!(search(browser, "#q", "xz-utils")[0], "xz-utils");
    browser.press(browser::ENTER);
    browser.wait("return location.pathname.endsWith('/xz/xz-utils.html');");
    has_no_error(browser);
}
