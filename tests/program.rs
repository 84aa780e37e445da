//! The real program: what is typed, what it answers, how it ends, and what is left when it is killed.

mod support;

use serde_json::Value;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use support::eventually;
use support::program::{Server, file, folder, get, program, run, runtime, text};

#[test]
fn imports_end_with_0_2_or_1_and_wrong_usage_with_64() {
    let (folder, data) = folder();
    let good = file(&folder, "halls_2026-01.csv", "name,lat,lon\nA,54.6,-3.3\nB,54.7,-3.3\n");
    let mixed = file(&folder, "mixed.csv", "name,lat,lon\nC,54.6,-3.4\nD,10,10\n");
    let bad = file(&folder, "bad.csv", "name,lat,lon\nE,10,10\n");
    let code = |path: &PathBuf| run(&data, &["import", path.to_str().unwrap(), "--kind", "place", "--json"]);
    let first = code(&good);
    let answer: Value = serde_json::from_slice(&first.stdout).unwrap();
    assert_eq!((first.status.code(), &answer["created"], &answer["list"]), (Some(0), &2.into(), &"halls".into()));
    let second = code(&mixed);
    assert_eq!(second.status.code(), Some(2), "{}", text(&second.stderr));
    let refused = std::fs::read_to_string(folder.path().join("mixed.refused.csv")).unwrap();
    assert!(refused.contains("outside_country") && refused.contains('D'), "{refused}");
    assert_eq!(code(&bad).status.code(), Some(1));
    for words in [
        &["import", "x.csv"][..],
        &["import", "x.csv", "--kind", "palace"],
        &["fly"],
        &["import", "x.csv", "--kind", "area"],
    ] {
        assert_eq!(run(&data, words).status.code(), Some(64), "{words:?}");
    }
    let missing = run(&data, &["import", "no-such-file.csv", "--kind", "place"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("no such file"));
    let checked = run(&data, &["check"]);
    assert!(checked.status.success() && text(&checked.stdout).contains("Nothing to say"));
}

#[test]
fn a_running_server_sees_what_a_command_brings_in() {
    let (folder, data) = folder();
    let server = Server::start(&data, &[]);
    let list = file(&folder, "halls.csv", "name,lat,lon\nA,54.6,-3.3\nB,54.7,-3.3\n");
    assert!(run(&data, &["import", list.to_str().unwrap(), "--kind", "place"]).status.success());
    runtime().block_on(async {
        eventually("seeing the import", || async { get(&server.address, "/places").await["total"] == 2 }).await;
    });
}

#[test]
fn the_first_start_prints_a_link_that_works_and_tells_to_end_it_ends() {
    let (_folder, data) = folder();
    let mut server = Server::start(&data, &["--demo"]);
    let link = server.link.clone().unwrap();
    let secret = link.rsplit('/').next().unwrap().to_owned();
    assert!(link.contains("/#/sign-in/") && secret.len() == 64, "{link}");
    runtime().block_on(async {
        let client = reqwest::Client::builder().cookie_store(true).build().unwrap();
        let session = format!("{}/api/v1/session", server.address);
        let answer = client.post(&session).json(&serde_json::json!({"link": secret})).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(get(&server.address, "/services").await["total"].as_u64().unwrap() > 40, "the demonstration is in");
    });
    server.signal("-TERM");
    let ended = server.child.wait().unwrap();
    assert!(ended.success());
    assert_eq!(run(&data, &["demo"]).status.code(), Some(1), "the demonstration goes into new data only");
    assert!(text(&run(&data, &["user", "reset", "admin"]).stdout).contains("/#/sign-in/"));
}

#[test]
fn what_cannot_be_served_is_refused_with_a_reason() {
    let (folder, data) = folder();
    let open = run(&data, &["serve", "--listen", "0.0.0.0:0"]);
    assert!(!open.status.success() && text(&open.stderr).contains("--insecure-lan"));
    let nobody = run(&data, &["serve", "--listen", "0.0.0.0:0", "--insecure-lan"]);
    assert!(!nobody.status.success() && text(&nobody.stderr).contains("admin"));
    let garbage = file(&folder, "garbage.db", &"not a database ".repeat(100));
    let wrong = run(&format!("sqlite:{}", garbage.display()), &["check"]);
    assert!(!wrong.status.success() && text(&wrong.stderr).contains("garbage.db"), "{}", text(&wrong.stderr));
    let elsewhere = run("mysql://x", &["check"]);
    assert!(text(&elsewhere.stderr).contains("sqlite:PATH"));
    let settings = file(&folder, "settings.toml", "listne = '127.0.0.1:1'");
    let unknown = run(&data, &["check", "--config", settings.to_str().unwrap()]);
    assert_eq!(unknown.status.code(), Some(64));
    assert!(text(&unknown.stderr).contains("listne"));
    assert_eq!(run(&data, &["check", "--tz", "Mars/Olympus"]).status.code(), Some(64));
}

#[test]
fn data_of_a_newer_release_is_refused() {
    let (folder, data) = folder();
    assert!(run(&data, &["check"]).status.success());
    runtime().block_on(async {
        use sqlx::Connection;
        let path = folder.path().join("town.db");
        let mut db = sqlx::SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
        sqlx::query("insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (9999, 'later', 1, x'00', 0)")
            .execute(&mut db)
            .await
            .unwrap();
    });
    let refused = run(&data, &["check"]);
    assert!(!refused.status.success() && text(&refused.stderr).contains("newer release"), "{}", text(&refused.stderr));
}

#[test]
fn a_changed_record_that_the_log_does_not_know_is_found_by_check() {
    let (folder, data) = folder();
    let list = file(&folder, "halls.csv", "name,lat,lon\nA,54.6,-3.3\n");
    assert!(run(&data, &["import", list.to_str().unwrap(), "--kind", "place"]).status.success());
    runtime().block_on(async {
        use sqlx::Connection;
        let path = folder.path().join("town.db");
        let mut db = sqlx::SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
        sqlx::query("update record set body = replace(body, '\"A\"', '\"Z\"')").execute(&mut db).await.unwrap();
    });
    let found = run(&data, &["check"]);
    assert_eq!(found.status.code(), Some(1));
    assert!(text(&found.stdout).contains("is not what the log says"));
}

/// kill -9 at random moments, again and again: whatever was acknowledged is there, and the log agrees.
#[test]
fn no_acknowledged_write_is_lost_when_the_program_is_killed() {
    const KILLS: u32 = 50;
    let (_folder, data) = folder();
    assert!(run(&data, &["check"]).status.success());
    let token = text(&run(&data, &["token", "add", "--role", "admin"]).stdout).trim().to_owned();
    let runtime = runtime();
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..KILLS {
        let server = Server::again(&data);
        // A moment between 5 and 150 ms that differs from round to round.
        let moment = Duration::from_millis(5 + u64::from(round * 7919 % 146));
        let from_round = runtime.block_on(write_until_killed(&server, &token, moment));
        drop(server);
        acknowledged.extend(from_round);
    }
    assert!(acknowledged.len() > KILLS as usize, "too few writes to tell: {}", acknowledged.len());
    let checked = run(&data, &["check"]);
    assert!(checked.status.success(), "{}", text(&checked.stdout));
    let server = Server::again(&data);
    runtime.block_on(async {
        let mut stored = std::collections::HashSet::new();
        let mut after = String::new();
        loop {
            let page = get(&server.address, &format!("/places?limit=1000{after}")).await;
            stored.extend(page["items"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        let lost: Vec<&String> = acknowledged.iter().filter(|name| !stored.contains(*name)).collect();
        assert!(lost.is_empty(), "{} of {} acknowledged writes are lost", lost.len(), acknowledged.len());
    });
}

/// Four writers until the server is killed; answers the names of the places it acknowledged.
async fn write_until_killed(server: &Server, token: &str, moment: Duration) -> Vec<String> {
    // A request that its killed server leaves without an end is one that was not acknowledged.
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
    let begun = Instant::now();
    let writers = (0..4).map(|writer| {
        let (client, url) = (client.clone(), format!("{}/api/v1/places", server.address));
        async move {
            let mut done = Vec::new();
            for i in 0.. {
                let name = format!("{} {writer} {i}", server.child.id());
                let body = serde_json::json!({"name": name, "point": {"lon": -3.3, "lat": 54.6}});
                match client.post(&url).bearer_auth(token).json(&body).send().await {
                    Ok(answer) if answer.status() == 201 => done.push(name),
                    _ => break,
                }
            }
            done
        }
    });
    let killer = async {
        tokio::time::sleep(moment.saturating_sub(begun.elapsed())).await;
        server.signal("-KILL");
    };
    let (written, ()) = futures::join!(futures::future::join_all(writers), killer);
    written.into_iter().flatten().collect()
}

#[test]
fn a_port_that_is_taken_leaves_the_data_new_and_the_link_to_come() {
    let (_folder, data) = folder();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = run(&data, &["serve", "--demo", "--listen", &address]);
    assert!(!refused.status.success() && text(&refused.stderr).contains("can't listen"));
    drop(taken);
    let server = Server::start(&data, &["--demo"]);
    assert!(server.link.clone().unwrap().contains("/#/sign-in/"));
}

#[test]
fn two_imports_of_one_dataset_at_once_leave_one_of_them_whole() {
    let (folder, data) = folder();
    let towns = file(&folder, "towns.csv", "name,county,lat,lon,size\nCockermouth,Cumbria,54.662,-3.362,4\n");
    assert!(run(&data, &["check"]).status.success());
    let words = ["import", towns.to_str().unwrap(), "--dataset", "gazetteer"];
    let both: Vec<Child> = (0..4).map(|_| program(&data, &words).stdout(Stdio::null()).spawn().unwrap()).collect();
    for mut child in both {
        assert!(child.wait().unwrap().success());
    }
    let server = Server::again(&data);
    runtime().block_on(async {
        assert_eq!(get(&server.address, "/gazetteer?q=cock").await["items"][0]["name"], "Cockermouth");
    });
}

// B12, R14: what is told names line, column, value and what to do, the same in every place.
#[test]
fn warnings_and_refusals_are_told_with_line_column_and_value() {
    let (folder, data) = folder();
    let list = "Name,Lat,Lon,End date,Rating\nA,54.6,-3.3,soon,Good\nB,54.7,-3.3,31/03/20,Poor\nC,10,10,,\n";
    let list = file(&folder, "halls.csv", list);
    let path = list.to_str().unwrap();
    let said = run(&data, &["import", path, "--kind", "place"]);
    assert_eq!(said.status.code(), Some(2));
    let out = text(&said.stdout);
    for part in [
        "warned: 1 × wrong_type",
        "line 2, End date: taken as unknown, since \"soon\" must be a date such as 2026-04-01",
        "refused: 1 × outside_country",
        "line 4, Lat: 10, 10 lies outside",
        "kept for admins (commonground publish COLUMN --list \"halls\"): Rating",
        "To take it back: commonground undo ",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
    let refused = std::fs::read_to_string(folder.path().join("halls.refused.csv")).unwrap();
    assert!(refused.contains("Lat: 10, 10 lies outside"), "{refused}");
    let dry = run(&data, &["import", path, "--kind", "place", "--dry-run"]);
    assert!(!text(&dry.stdout).contains("To take it back"), "a dry run has nothing to take back");
    let point = r#"{"type":"Point","coordinates":[-3.3,54.6]}"#;
    let feature =
        |name: &str, at: &str| format!(r#"{{"type":"Feature","properties":{{"name":"{name}"}},"geometry":{at}}}"#);
    let features = [feature("A", point), feature("B", "null")].join(",");
    let features = format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#);
    let features = file(&folder, "a.geojson", &features);
    let said = run(&data, &["import", features.to_str().unwrap(), "--kind", "place"]);
    assert!(text(&said.stdout).contains("feature 2, point: this row has no position"), "{}", text(&said.stdout));
    assert!(folder.path().join("a.refused.geojson").exists());
}

// R14.
#[test]
fn an_import_is_taken_back_by_a_command_that_names_what_stays() {
    let (folder, data) = folder();
    let list = file(&folder, "groups.csv", "Service name,Provider,Category,Lat,Lon\nTea,Carers,food,54.6,-3.3\n");
    let imported = run(&data, &["import", list.to_str().unwrap(), "--kind", "service", "--json"]);
    let imported: Value = serde_json::from_slice(&imported.stdout).unwrap();
    let other = file(&folder, "more.csv", "Service name,Category,Lat,Lon\nTalk,food,54.6,-3.4\n");
    run(&data, &["import", other.to_str().unwrap(), "--kind", "service"]);
    let undone = run(&data, &["undo", imported["batch"].as_str().unwrap()]);
    let out = text(&undone.stdout);
    assert_eq!(undone.status.code(), Some(2), "{out}");
    assert!(
        out.contains("went back") && out.contains("kept: food (") && out.contains("other records need it"),
        "{out}"
    );
    assert!(out.contains("commonground undo "), "the undo can be taken back: {out}");
    let wrong = run(&data, &["undo", "12"]);
    assert!(wrong.status.code() == Some(1) && text(&wrong.stderr).contains("is not the id of a batch"));
    let none = run(&data, &["undo", "019a0000-0000-7000-8000-000000000000", "--json"]);
    assert!(none.status.code() == Some(1) && text(&none.stderr).contains("no such change or batch"));
    assert!(text(&run(&data, &["check"]).stdout).contains("Nothing to say"));
}

#[test]
fn a_column_is_published_by_a_command() {
    let (folder, data) = folder();
    let list = file(&folder, "homes.csv", "Name,Lat,Lon,Rating\nA,54.6,-3.3,Good\n");
    run(&data, &["import", list.to_str().unwrap(), "--kind", "place"]);
    let wrong = run(&data, &["publish", "Ratings", "--list", "homes"]);
    assert!(wrong.status.code() == Some(1) && text(&wrong.stderr).contains("it has Rating"), "{}", text(&wrong.stderr));
    let done = run(&data, &["publish", "Rating", "--list", "homes"]);
    assert!(done.status.success() && text(&done.stdout).starts_with("1 records"), "{}", text(&done.stdout));
    assert!(run(&data, &["publish", "Rating", "--list", "homes", "--withdraw"]).status.success());
}

// R14: whoever reads what is printed may have gone.
#[test]
fn a_closed_pipe_ends_no_command_in_a_panic() {
    let (folder, data) = folder();
    let list = file(&folder, "halls.csv", "Name,Lat,Lon\nA,54.6,-3.3\n");
    let path = list.to_str().unwrap().to_owned();
    for words in [
        vec!["import", &path, "--kind", "place"],
        vec!["import", &path, "--kind", "place", "--json"],
        vec!["import", "--explain", &path],
        vec!["check"],
        vec!["token", "list"],
        vec!["token", "add", "--role", "visitor"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let both = writer.try_clone().unwrap();
        let mut child = program(&data, &words).stdout(writer).stderr(both).spawn().unwrap();
        let code = child.wait().unwrap().code();
        assert_eq!(code, Some(0), "{words:?}");
    }
}

#[test]
fn a_list_is_explained_column_by_column_and_nothing_is_written() {
    let (folder, data) = folder();
    let list = "Site name,Latitude,Longitude,Opening hours,Ward,Contact name\n\
        Hall,54.6,-3.3,Mo-Fr 09:00-17:00,North,Ann\nBarn,54.7,-3.3,whenever,South,Bob\n";
    let list = file(&folder, "sites.csv", list);
    let path = list.to_str().unwrap();
    let said = run(&data, &["import", "--explain", path]);
    let out = text(&said.stdout);
    assert!(said.status.success(), "{}", text(&said.stderr));
    for part in [
        "read as places: 2 rows, 2 good",
        "1 Site name\n    name\n    2 filled: 2 taken, 0 kept, 0 left out",
        "Hall  →  Hall",
        "4 Opening hours\n    hours\n    2 filled: 1 taken, 1 kept, 0 left out",
        "its words are in the description",
        "5 Ward\n    no field: kept under its heading",
        "6 Contact name\n    not kept: it may name or reach persons",
        "Of 12 cells 7 fill a field (58 %), 3 are kept as they are (25 %), 2 are left out.",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
    let answer = run(&data, &["import", "--explain", path, "--kind", "place", "--json"]);
    let answer: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(answer["columns"][3]["examples"][0]["after"], "Mo-Fr 09:00-17:00");
    let nothing = run(&data, &["import", "--explain", path, "--kind", "organisation"]);
    assert!(
        nothing.status.code() == Some(1) && text(&nothing.stderr).contains("--set type=WORD"),
        "{}",
        text(&nothing.stderr)
    );
    assert!(text(&run(&data, &["check"]).stdout).starts_with("0 changes"));
}
