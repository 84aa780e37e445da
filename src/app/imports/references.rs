//! What a row refers to: its own parts, categories by their words, everything else by code or id.

use serde_json::{Value, json};
use std::collections::HashMap;

use super::rows::Chunk;
use crate::app::AppError;
use crate::app::engine::ledger::Ledger;
use crate::change::apply;
use crate::clock;
use crate::exchange::Part;
use crate::model::{Body, Code, Id, Kind, Problem, category};

impl Chunk<'_> {
    /// References as ids: the row's own parts, categories by their words, everything else by code or id.
    pub(super) async fn resolve(
        &mut self,
        ledger: &mut Ledger,
        part: &Part,
        own: &HashMap<&str, Id>,
        unsorted: &mut Vec<Problem>,
    ) -> Result<Result<Body, Vec<Problem>>, AppError> {
        let mut body = part.body.clone();
        let Some(Value::Object(links)) = body.get_mut("links") else { return Ok(Ok(body)) };
        let mut problems = Vec::new();
        for (name, refs) in links.iter_mut() {
            let Some(link) = part.kind.link(name) else { continue };
            let texts: Vec<String> =
                refs.as_array().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect();
            let mut ids: Vec<Value> = Vec::new();
            for text in texts {
                let id = match text.strip_prefix('@') {
                    Some(part) => match own.get(part) {
                        Some(id) => Some(*id),
                        // It was removed here, so the row's own record does without it.
                        None => continue,
                    },
                    None if name == "categories" => {
                        for word in self.category_words(&text) {
                            let id = json!(self.category(ledger, word, unsorted).await?);
                            if !ids.contains(&id) {
                                ids.push(id);
                            }
                        }
                        continue;
                    }
                    None => self.find(ledger, link.target, &text).await?,
                };
                match id {
                    Some(id) if !ids.contains(&json!(id)) => ids.push(json!(id)),
                    Some(_) => {}
                    None => {
                        let say = format!("there is no {} \"{text}\"", link.target.name());
                        problems.push(Problem::new(name.clone(), Code::NotFound, say));
                    }
                }
            }
            *refs = Value::Array(ids);
        }
        links.retain(|_, refs| refs.as_array().is_some_and(|ids| !ids.is_empty()));
        Ok(if problems.is_empty() { Ok(body) } else { Err(problems) })
    }

    async fn find(&self, ledger: &mut Ledger, kind: Kind, text: &str) -> Result<Option<Id>, AppError> {
        let id = match text.parse::<Id>() {
            Ok(id) => Some(id),
            Err(_) => self.context.view.by_code(kind, text).map(|e| e.id),
        };
        let Some(id) = id else { return Ok(ledger.by_code(kind, text).await?) };
        let there = ledger.present(&[id]).await?;
        Ok(there.get(&id).filter(|p| p.kind == kind && p.body.is_some()).map(|p| p.id))
    }

    /// The words of a cell of categories: one where it is known as it stands, else those between its commas.
    fn category_words<'t>(&self, text: &'t str) -> Vec<&'t str> {
        if self.context.categories.contains_key(&text.to_lowercase()) {
            return vec![text];
        }
        text.split(',').map(str::trim).filter(|word| !word.is_empty()).collect()
    }

    /// The category of a word; one that nobody knows becomes a term under "unsorted", and is told.
    async fn category(&mut self, ledger: &mut Ledger, word: &str, unsorted: &mut Vec<Problem>) -> Result<Id, AppError> {
        if let Some(id) = self.context.categories.get(&word.to_lowercase()) {
            return Ok(*id);
        }
        if let Some(id) = ledger.by_code(Kind::Category, &format!("{}/{word}", category::SERVICES)).await? {
            return Ok(id);
        }
        let parent = self.unsorted_parent(ledger).await?;
        let id = self.new_category(ledger, word, Some(word), Some(parent));
        let say = format!("\"{word}\" is no known category; it stands under unsorted until somebody sorts it");
        unsorted.push(Problem::new("categories", Code::Unsorted, say));
        Ok(id)
    }

    async fn unsorted_parent(&mut self, ledger: &mut Ledger) -> Result<Id, AppError> {
        if let Some(id) = self.context.categories.get("unsorted") {
            return Ok(*id);
        }
        let found = ledger.by_code(Kind::Category, &format!("{}/unsorted", category::SERVICES)).await?;
        Ok(found.unwrap_or_else(|| self.new_category(ledger, "Unsorted", Some("unsorted"), None)))
    }

    fn new_category(&mut self, ledger: &mut Ledger, name: &str, code: Option<&str>, parent: Option<Id>) -> Id {
        let id = clock::new_id();
        let mut body = Body::new();
        body.insert("name".to_owned(), json!(name));
        body.insert("taxonomy".to_owned(), json!(category::SERVICES));
        if let Some(code) = code {
            body.insert("code".to_owned(), json!(code));
        }
        if let Some(parent) = parent {
            body.insert("links".to_owned(), json!({"parent": [parent]}));
        }
        ledger.stage(apply::create(id, Kind::Category, body, None, (self.context.origin, None), &self.context.stamp));
        self.context.categories.insert(name.to_lowercase(), id);
        self.added_words.push(name.to_lowercase());
        id
    }
}
