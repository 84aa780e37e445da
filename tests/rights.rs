//! Who may ask what: every address of the table, asked in every role.

mod support;

use commonground::auth::{Action, Role};
use commonground::http::rights::Who;
use commonground::http::routes;
use commonground::model::Kind;
use reqwest::Method;
use std::collections::BTreeSet;
use support::Town;

/// What each role may, as the house wants it; the program's own table is held against this one.
fn may(role: Option<Role>, action: Action, kind: &str) -> bool {
    let ground = ["area", "category"].contains(&kind);
    match (role, action) {
        (Some(Role::Admin), _) => true,
        (Some(Role::Contributor), Action::Create) => !ground,
        _ => false,
    }
}

#[tokio::test]
async fn every_address_lets_in_whom_it_says_and_turns_the_others_away() {
    let town = Town::demo().await;
    let mut tokens = vec![(None, String::new())];
    for role in Role::ALL {
        tokens.push((Some(role), town.token(role).await));
    }
    let mut asked = 0;
    for route in routes::all() {
        let kinds: Vec<&Kind> = Kind::ALL.iter().filter(|_| route.path.contains("{plural}")).collect();
        let kinds = if kinds.is_empty() { vec![None] } else { kinds.into_iter().map(Some).collect() };
        for kind in kinds {
            let plural = kind.map_or("", |kind| kind.spec().plural);
            let slots = [("{plural}", plural), ("{id}", "01a204c4-2d86-7071-ace9-80e1176156fa")];
            let path = slots.iter().fold(route.path.to_owned(), |path, (slot, value)| path.replace(slot, value));
            for (role, token) in &tokens {
                let request = town.client.request(route.method.clone(), format!("{}{path}", town.address));
                let request = if role.is_some() { request.bearer_auth(token) } else { request };
                // What is sent is nothing that anybody could do anything with: who is let in hears that.
                let answer = request.header("content-type", "application/json").body("[]").send().await.unwrap();
                let said = answer.status().as_u16();
                let allowed = match route.who {
                    Who::Anybody => true,
                    Who::Operator => *role == Some(Role::Admin),
                    Who::May(actions) => {
                        let kind = kind.map_or("place", |kind| kind.name());
                        actions.iter().any(|action| may(*role, *action, kind))
                    }
                };
                let as_it_should = match (allowed, role) {
                    // A link that was never made opens nothing.
                    (true, _) if path == "/api/v1/session" => said != 403,
                    (true, _) => said != 401 && said != 403,
                    (false, None) => said == 401,
                    (false, Some(_)) => said == 403,
                };
                assert!(as_it_should, "{} {path} as {role:?}: {said}", route.method);
                asked += 1;
            }
        }
    }
    assert!(asked > 200, "{asked}");
}

#[test]
fn what_changes_anything_is_open_to_nobody_but_who_signs_in_or_asks() {
    let open: BTreeSet<String> = routes::all()
        .iter()
        .filter(|route| route.method != Method::GET && route.who == Who::Anybody)
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let known = [
        "DELETE /api/v1/session",
        "POST /api/v1/coverage",
        "POST /api/v1/gaps/{id}/evidence",
        "POST /api/v1/nearby",
        "POST /api/v1/session",
    ];
    assert_eq!(open, known.map(str::to_owned).into());
}

#[tokio::test]
async fn nothing_is_taken_in_from_who_may_not() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let town = Town::demo().await;
    let commissioner = town.token(Role::Commissioner).await;
    let host = town.address.strip_prefix("http://").unwrap();
    for (path, who, status) in [
        ("/api/v1/places", String::new(), "401"),
        ("/api/v1/places", format!("Authorization: Bearer {commissioner}\r\n"), "403"),
        ("/api/v1/imports?kind=place&list=a", format!("Authorization: Bearer {commissioner}\r\n"), "403"),
        ("/api/v1/undo", format!("Authorization: Bearer {commissioner}\r\n"), "403"),
    ] {
        let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\n{who}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n"
        );
        // Of the body nothing comes: who waits for it does not answer.
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(std::str::from_utf8(&answer).unwrap(), format!("HTTP/1.1 {status}"), "{path}");
    }
}
