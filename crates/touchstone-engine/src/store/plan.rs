//! What the options ask of every file: columns, their roles, and kinds.

use super::rows::{Layout, OTHER, REACTION, TAKE_BACK, VIEW};
use super::{IngestError, IngestOptions};
use crate::source::discover::InputFile;
use crate::source::{Inspection, Wanted};
use arrow_schema::DataType;
use std::collections::BTreeMap;
use touchstone_event::mapping::Mapping;
use touchstone_event::schema::{Field, KIND_ENDORSEMENT, KIND_VIEW, take_back_of};
use touchstone_event::suggest;
use touchstone_event::time::{TimeOption, TimeUnit, UnitVotes};
use touchstone_event::when::When;

/// Kinds that are endorsed, and which class each kind has.
#[derive(Clone, Debug)]
pub(crate) struct Kinds {
    classes: BTreeMap<String, u8>,
}

impl Kinds {
    pub(crate) fn new(options: &IngestOptions) -> Result<Self, IngestError> {
        let endorse = &options.endorse;
        if endorse.len() > usize::from(TAKE_BACK) {
            return Err(IngestError::TooMany {
                what: "kinds in --endorse",
                limit: u64::from(TAKE_BACK),
                remedy: "name fewer",
            });
        }
        let mut classes: BTreeMap<String, u8> =
            options.reactions.iter().map(|(kind, reaction)| (kind.clone(), REACTION + *reaction as u8)).collect();
        classes.insert(KIND_VIEW.to_owned(), VIEW);
        for (i, kind) in endorse.iter().enumerate() {
            classes.insert(take_back_of(kind), TAKE_BACK + i as u8);
        }
        // What is endorsed is an endorsement, whatever else it might be.
        for (i, kind) in endorse.iter().enumerate().rev() {
            classes.insert(kind.clone(), i as u8);
        }
        Ok(Self { classes })
    }

    pub(crate) fn class(&self, kind: &str) -> u8 {
        self.classes.get(kind).copied().unwrap_or(OTHER)
    }
}

/// A rule of a wide log, resolved.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) kind: String,
    pub(crate) class: u8,
    /// Position of the column among the wanted ones, and its condition.
    pub(crate) when: Option<(usize, When)>,
}

/// What is wanted of each file of one role.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) wanted: Vec<Wanted>,
    places: BTreeMap<Field, usize>,
    must: Vec<Field>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) kinds: Kinds,
    pub(crate) no_time: bool,
    pub(crate) time_option: TimeOption,
    named: Vec<Field>,
}

impl Plan {
    /// Events.
    pub(crate) fn events(options: &IngestOptions) -> Result<Self, IngestError> {
        let mapping = &options.mapping;
        let has_rules = !mapping.events.is_empty();
        let mut must = vec![Field::Actor, Field::Target];
        let mut fields = vec![Field::Actor, Field::Target];
        if !options.no_time {
            must.push(Field::Ts);
            fields.push(Field::Ts);
        }
        if !has_rules {
            fields.push(Field::Kind);
        }
        fields.extend([Field::Owner, Field::DwellMs, Field::WatchFraction]);
        fields.extend(Field::HASHED);
        fields.push(Field::EventId);
        let kinds = Kinds::new(options)?;
        let mut plan = Self::new(mapping, &fields, must, kinds, options.no_time);
        for rule in &mapping.events {
            let when = rule.when.clone().map(|when| (plan.want(when.column(), false, false), when));
            let class = plan.kinds.class(&rule.kind);
            plan.rules.push(Rule { kind: rule.kind.clone(), class, when });
        }
        Ok(plan)
    }

    /// The table of accounts.
    pub(crate) fn accounts(options: &IngestOptions) -> Result<Self, IngestError> {
        let fields = [Field::Account, Field::CreatedAt];
        Ok(Self::new(&options.mapping, &fields, fields.to_vec(), Kinds::new(options)?, false))
    }

    /// The table of contents.
    pub(crate) fn contents(options: &IngestOptions) -> Result<Self, IngestError> {
        let fields = [Field::Target, Field::Owner, Field::PublishedAt, Field::DurationMs];
        Ok(Self::new(&options.mapping, &fields, vec![Field::Target], Kinds::new(options)?, false))
    }

    fn new(mapping: &Mapping, fields: &[Field], must: Vec<Field>, kinds: Kinds, no_time: bool) -> Self {
        let mut plan = Self {
            wanted: Vec::new(),
            places: BTreeMap::new(),
            must,
            rules: Vec::new(),
            kinds,
            no_time,
            time_option: mapping.time_unit,
            named: fields.iter().copied().filter(|&f| mapping.names(f)).collect(),
        };
        for &field in fields {
            let is_time = matches!(field, Field::Ts | Field::CreatedAt | Field::PublishedAt);
            let place = plan.want(mapping.column(field), plan.must.contains(&field), is_time);
            plan.places.insert(field, place);
        }
        plan
    }

    fn want(&mut self, name: &str, must: bool, time: bool) -> usize {
        if let Some(place) = self.wanted.iter().position(|w| w.name == name) {
            self.wanted[place].must |= must;
            self.wanted[place].time |= time;
            return place;
        }
        self.wanted.push(Wanted { name: name.to_owned(), must, time });
        self.wanted.len() - 1
    }

    /// Position of a field among the wanted columns.
    pub(crate) fn place(&self, field: Field) -> Option<usize> {
        self.places.get(&field).copied()
    }

    /// True where the file has the column of `field`.
    pub(crate) fn has(&self, inspection: &Inspection, field: Field) -> bool {
        self.place(field).is_some_and(|place| inspection.present[place])
    }

    /// Must-columns, columns of rules and types.
    pub(crate) fn check(&self, file: &InputFile, inspection: &Inspection) -> Result<(), IngestError> {
        if inspection.no_rows {
            return Ok(());
        }
        for (&field, &place) in &self.places {
            let column = &self.wanted[place].name;
            if inspection.present[place] {
                if let Some(kind) = &inspection.types[place] {
                    check_type(file, column, field, kind)?;
                }
            } else if self.must.contains(&field) {
                return Err(IngestError::MissingColumn {
                    path: file.path.clone(),
                    field,
                    column: column.clone(),
                    because: None,
                    guess: suggest::column_for(field, column, &inspection.found).map(str::to_owned),
                    found: inspection.found.clone(),
                });
            }
        }
        for (place, when) in self.rules.iter().filter_map(|r| r.when.as_ref()) {
            if !inspection.present[*place] {
                let found = inspection.found.clone();
                let guess = suggest::closest(when.column(), found.iter().map(String::as_str)).map(str::to_owned);
                return Err(IngestError::MissingRuleColumn {
                    path: file.path.clone(),
                    column: when.column().to_owned(),
                    guess,
                    found,
                });
            }
        }
        Ok(())
    }

    /// An optional column that the user named must be somewhere: a slip would silently lose it.
    pub(crate) fn check_named(&self, files: &[(InputFile, Inspection)]) -> Result<(), IngestError> {
        let Some((file, inspection)) = files.iter().find(|(_, i)| !i.no_rows) else { return Ok(()) };
        for &field in &self.named {
            if !files.iter().any(|(_, i)| self.has(i, field)) {
                let column = self.place(field).map_or_else(String::new, |p| self.wanted[p].name.clone());
                return Err(IngestError::MissingColumn {
                    path: file.path.clone(),
                    field,
                    guess: suggest::column_for(field, &column, &inspection.found).map(str::to_owned),
                    column,
                    because: Some("named in the mapping, but in no file".to_owned()),
                    found: inspection.found.clone(),
                });
            }
        }
        Ok(())
    }

    /// Columns that any of the files has.
    pub(crate) fn layout(&self, files: &[(InputFile, Inspection)]) -> Layout {
        let any = |field| files.iter().any(|(_, i)| self.has(i, field));
        Layout {
            class: !self.rules.is_empty() || any(Field::Kind),
            event_id: any(Field::EventId),
            hashes: Field::HASHED.map(any),
            dwell: any(Field::DwellMs),
            fraction: any(Field::WatchFraction),
        }
    }

    /// The unit of the bare numbers of a column; none where they are no times.
    pub(crate) fn unit(&self, field: Field, inspection: &Inspection) -> Option<TimeUnit> {
        match self.time_option {
            TimeOption::Rfc3339 => None,
            option => Some(option.unit().or_else(|| self.votes(field, inspection).unit()).unwrap_or(TimeUnit::Seconds)),
        }
    }

    fn votes(&self, field: Field, inspection: &Inspection) -> UnitVotes {
        self.place(field).map_or_else(UnitVotes::default, |place| inspection.votes[place])
    }

    /// How a column spells times, for people.
    pub(crate) fn time_format(&self, field: Field, inspection: &Inspection) -> String {
        let Some(place) = self.place(field).filter(|&p| inspection.present[p]) else { return "none".to_owned() };
        match &inspection.types[place] {
            Some(DataType::Timestamp(unit, zone)) => {
                let unit = match unit {
                    arrow_schema::TimeUnit::Second => "s",
                    arrow_schema::TimeUnit::Millisecond => "ms",
                    arrow_schema::TimeUnit::Microsecond => "us",
                    arrow_schema::TimeUnit::Nanosecond => "ns",
                };
                format!("timestamp in {unit}{}", if zone.is_some() { " with time zone" } else { "" })
            }
            Some(DataType::Date32 | DataType::Date64) => "date".to_owned(),
            _ => match self.time_option.unit() {
                Some(unit) => format!("number in {} (as told)", unit.name()),
                None => self.votes(field, inspection).describe(),
            },
        }
    }

    /// What a row is where there is no kind.
    pub(crate) fn kind_without_column(&self) -> &'static str {
        KIND_ENDORSEMENT
    }
}

fn check_type(file: &InputFile, column: &str, field: Field, kind: &DataType) -> Result<(), IngestError> {
    let is_text = matches!(
        kind,
        DataType::Utf8View
            | DataType::Utf8
            | DataType::LargeUtf8
            | DataType::Binary
            | DataType::LargeBinary
            | DataType::BinaryView
    ) || matches!(kind, DataType::Dictionary(_, v) if **v == DataType::Utf8);
    let is_date = matches!(kind, DataType::Timestamp(..) | DataType::Date32 | DataType::Date64);
    let is_number = kind.is_integer() || kind.is_floating();
    let (fits, wanted) = match field {
        Field::Actor | Field::Target | Field::Owner | Field::Account => {
            (is_text || kind.is_integer(), "text or a whole number")
        }
        Field::Ts | Field::CreatedAt | Field::PublishedAt => {
            (is_text || is_number || is_date, "a timestamp, text or a number")
        }
        Field::DwellMs | Field::WatchFraction | Field::DurationMs => {
            (is_text || is_number || *kind == DataType::Boolean, "a number")
        }
        _ => (is_text || is_number || *kind == DataType::Boolean, "text or a number"),
    };
    if fits || *kind == DataType::Null {
        return Ok(());
    }
    Err(IngestError::WrongColumnType {
        path: file.path.clone(),
        column: column.to_owned(),
        field,
        found: kind.to_string(),
        wanted,
    })
}

impl Plan {
    /// Event columns that any of the files has.
    pub(crate) fn columns_seen<'a>(&'a self, files: &'a [(InputFile, Inspection)]) -> impl Iterator<Item = Field> + 'a {
        Field::ALL.into_iter().filter(|&field| files.iter().any(|(_, i)| self.has(i, field)))
    }
}
