//! Messages to the user: bad news wait in a queue until each is read, good news go by themselves.

use std::collections::VecDeque;

use crate::kit::words::capital;
use crate::link::request::Topic;

/// How long good news stay, in seconds.
const SECONDS: f64 = 6.0;

/// Bad news that wait; of more the oldest are given up.
const LONGEST: usize = 20;

/// A piece of bad news.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    /// One sentence.
    pub text: String,
    /// What could not be answered, where that is what it is about: an answer makes it old news.
    about: Option<Topic>,
}

/// The messages.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    troubles: VecDeque<Trouble>,
    /// The newest good news and when they go, in seconds of the window's clock.
    news: Option<(String, f64)>,
}

impl Notices {
    /// Good news. They never take the place of bad ones.
    pub fn tell(&mut self, text: impl Into<String>, now: f64) {
        self.news = Some((text.into(), now + SECONDS));
    }

    /// Bad news, which stay until they are read.
    pub fn warn(&mut self, text: &str, about: Option<Topic>) {
        let trouble = Trouble { text: capital(text), about };
        if !self.troubles.contains(&trouble) {
            self.troubles.push_back(trouble);
        }
        if self.troubles.len() > LONGEST {
            self.troubles.pop_front();
        }
    }

    /// What was in the way is over.
    pub fn is_well(&mut self, topic: Topic) {
        self.troubles.retain(|trouble| trouble.about != Some(topic));
    }

    /// The bad news to read now, and how many more wait.
    #[must_use]
    pub fn trouble(&self) -> Option<(&str, usize)> {
        self.troubles.front().map(|trouble| (trouble.text.as_str(), self.troubles.len() - 1))
    }

    /// The good news.
    #[must_use]
    pub fn news(&self) -> Option<&str> {
        self.news.as_ref().map(|(text, _)| text.as_str())
    }

    /// The bad news were read.
    pub fn dismiss(&mut self) {
        self.troubles.pop_front();
    }

    /// Lets old news go; says in how many seconds the next do.
    pub fn tick(&mut self, now: f64) -> Option<f64> {
        self.news.take_if(|(_, until)| now >= *until);
        self.news.as_ref().map(|(_, until)| until - now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_news_wait_for_each_other_and_good_news_replace_none() {
        let mut notices = Notices::default();
        notices.warn("the disk is full", None);
        notices.warn("the model can't be read", Some(Topic::Model));
        notices.warn("the disk is full", None);
        notices.tell("Saved", 0.0);
        assert_eq!((notices.trouble(), notices.news()), (Some(("The disk is full", 1)), Some("Saved")));
        assert_eq!(notices.tick(7.0), None);
        assert_eq!(notices.news(), None);
        notices.dismiss();
        assert_eq!(notices.trouble(), Some(("The model can't be read", 0)));
        notices.is_well(Topic::Model);
        assert_eq!(notices.trouble(), None);
    }
}
