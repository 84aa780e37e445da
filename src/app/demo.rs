//! The demonstration: Cumbria's health and wellbeing hubs, written by hand, carried inside the binary.

use serde_json::Value;
use std::collections::HashMap;
use std::io::Write;

use super::engine::ledger::Ledger;
use super::orders::settle;
use super::{App, AppError, Caller};
use crate::change::apply::{self, Source};
use crate::change::{Seq, Stamp};
use crate::clock;
use crate::model::record::{links_of, read};
use crate::model::{Id, Kind, Origin};

/// The list that the demonstration's records name as their source.
const LIST: &str = "Demonstration";

const RECORDS: [(Kind, &str); 7] = [
    (Kind::Category, include_str!("../../fixtures/demo/categories.json")),
    (Kind::Area, include_str!("../../fixtures/demo/areas.json")),
    (Kind::Organisation, include_str!("../../fixtures/demo/organisations.json")),
    (Kind::Place, include_str!("../../fixtures/demo/places.json")),
    (Kind::Service, include_str!("../../fixtures/demo/services.json")),
    (Kind::Resource, include_str!("../../fixtures/demo/resources.json")),
    (Kind::Gap, include_str!("../../fixtures/demo/gaps.json")),
];

const DATASETS: [(&str, &str); 3] = [
    ("postcodes", include_str!("../../fixtures/demo/postcodes.csv")),
    ("gazetteer", include_str!("../../fixtures/demo/towns.csv")),
    ("area-codes", include_str!("../../fixtures/demo/area-codes.csv")),
];

impl App {
    /// Whether there is nothing here: no record and no dataset. Accounts and tokens do not count.
    pub fn is_new(&self) -> bool {
        self.feed.sizes().1 == 0 && self.datasets().is_empty()
    }

    /// Whether what is shown is the demonstration.
    pub fn is_demo(&self) -> bool {
        let view = self.view(crate::atlas::Viewer::PUBLIC);
        let marked = |e: &crate::atlas::Entry| e.body.contains(&format!("\"list\":\"{LIST}\""));
        view.of_kind(Kind::Category).take(1).any(marked)
    }

    /// Loads the demonstration: reference data, then all records as one batch.
    pub async fn load_demo(&self, caller: &Caller) -> Result<Seq, AppError> {
        for (name, text) in DATASETS {
            let mut file = tempfile::NamedTempFile::new().map_err(|e| AppError::File(e.to_string()))?;
            file.write_all(text.as_bytes()).map_err(|e| AppError::File(e.to_string()))?;
            self.import_dataset(name, file.path().to_owned(), caller).await?;
        }
        let stamp =
            Stamp { by: caller.account, at: clock::now(), why: Some("demonstration".into()), batch: clock::new_id() };
        let view = self.view(caller.viewer());
        let mut ledger = Ledger::open(&*self.store).await?;
        let mut ids: HashMap<String, Id> = HashMap::new();
        let mut all = Vec::new();
        for (kind, text) in RECORDS {
            for mut value in serde_json::from_str::<Vec<Value>>(text).map_err(|e| AppError::damaged(e.to_string()))? {
                let key = value.as_object_mut().and_then(|v| v.remove("key"));
                let key = key.and_then(|k| k.as_str().map(str::to_owned)).unwrap_or_default();
                ids.insert(key.clone(), clock::new_id());
                all.push((kind, key, value));
            }
        }
        // A reference may point ahead (a service to another), so links go in after all records are there.
        let mut later = Vec::new();
        for (kind, key, mut value) in all {
            name_by_id(&mut value, kind, &ids);
            let given = read(kind, &value).map_err(AppError::Problems)?;
            let id = ids[&key];
            later.push((id, kind, key, given.body));
        }
        later.sort_by_key(|(_, kind, key, body)| (*kind, links_of(body, "parent").count(), key.clone()));
        let mut waiting = later;
        while !waiting.is_empty() {
            let before = waiting.len();
            let mut rest = Vec::new();
            for (id, kind, key, body) in waiting {
                let targets: Vec<Id> = crate::model::record::all_links(&body).into_iter().map(|(_, t)| t).collect();
                if ledger.present(&targets).await?.len() < targets.len() {
                    rest.push((id, kind, key, body));
                    continue;
                }
                let body = settle(&mut ledger, kind, body, &view).await?;
                let source = Source { list: LIST.to_owned(), key };
                ledger.stage(apply::create(id, kind, body, None, (Origin::OpenData, Some(&source)), &stamp));
            }
            if rest.len() == before {
                return Err(AppError::damaged("the demonstration refers to something that is not in it"));
            }
            waiting = rest;
        }
        let revision = ledger.head();
        let changes = ledger.commit().await?;
        self.feed.publish(changes).await?;
        Ok(revision)
    }
}

fn name_by_id(value: &mut Value, kind: Kind, ids: &HashMap<String, Id>) {
    let swap = |text: &mut Value| {
        if let Some(id) = text.as_str().and_then(|key| ids.get(key)) {
            *text = Value::from(id.to_string());
        }
    };
    for link in kind.spec().links {
        match value.get_mut(link.name) {
            Some(Value::Array(list)) => list.iter_mut().for_each(swap),
            Some(one) => swap(one),
            None => {}
        }
    }
}
