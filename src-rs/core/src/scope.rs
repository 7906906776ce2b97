//! Scopes: the handler stack seen from a segment, interned as a persistent tree, and resolved dispatch.
//!
//! A scope is a parent scope and one handler. Equal stacks are the same scope, so dispatch is a pure function of
//! (scope, effect type): it is searched once, then kept in that scope's row (the *evidence* of Koka). Nothing ever
//! needs invalidating, because a scope never changes. Cost: O(1) per perform whose answer is in the row; the first
//! search is O(boundaries up to the nearest scope that knows).
//!
//! A scope lives while a segment or a child scope uses it. The last unused child of a scope is kept as its *idle*
//! child, so that a handler reinstalled in a loop finds its row filled; scopes of handlers with a store of their own
//! are never kept.

use rustc_hash::FxHashMap;

use crate::evidence::Stamp;
use crate::handler::{Handler, Resolution};
use crate::id::{EffectType, HandlerId, ScopeId};
use crate::numbers::Numbers;

/// A row is a cache: it doubles on collision up to this many cells, then newer answers replace older ones.
const MAX_ROW: usize = 64;

struct Scope {
    parent: Option<ScopeId>,
    handler: Option<HandlerId>,
    /// Segments in this scope plus child scopes in use.
    uses: u32,
    idle: Option<ScopeId>,
    /// What the host knows this scope by, once an answer was given for it.
    stamp: Option<Stamp>,
    row: Vec<Option<(EffectType, Resolution)>>,
}

/// Every living scope of a VM.
pub(crate) struct Scopes {
    places: Vec<Option<Scope>>,
    numbers: Numbers,
    interned: FxHashMap<(ScopeId, HandlerId), ScopeId>,
    root: ScopeId,
}

/// The handler table as scopes read it.
pub(crate) type Handlers = Vec<Option<Handler>>;

impl Scopes {
    pub(crate) fn new() -> Self {
        let mut numbers = Numbers::from(1);
        let root = ScopeId::from_word(numbers.take()).expect("scope numbers start at 1");
        let mut scopes = Self { places: Vec::new(), numbers, interned: FxHashMap::default(), root };
        scopes.place(root, None, None);
        scopes
    }

    /// The scope without handlers; it always exists.
    pub(crate) fn root(&self) -> ScopeId {
        self.root
    }

    /// Living scopes besides the root, idle ones included.
    pub(crate) fn len(&self) -> usize {
        self.interned.len()
    }

    fn place(&mut self, id: ScopeId, parent: Option<ScopeId>, handler: Option<HandlerId>) {
        let index = id.index();
        if index >= self.places.len() {
            self.places.resize_with(index + 1, || None);
        }
        self.places[index] = Some(Scope { parent, handler, uses: 0, idle: None, stamp: None, row: Vec::new() });
    }

    fn scope(&self, id: ScopeId) -> &Scope {
        self.places[id.index()].as_ref().expect("a scope in use exists (I5)")
    }

    fn scope_mut(&mut self, id: ScopeId) -> &mut Scope {
        self.places[id.index()].as_mut().expect("a scope in use exists (I5)")
    }

    pub(crate) fn parent(&self, id: ScopeId) -> Option<ScopeId> {
        self.scope(id).parent
    }

    pub(crate) fn handler(&self, id: ScopeId) -> Option<HandlerId> {
        self.scope(id).handler
    }

    /// How many handlers are between a scope and one around it. O(handlers).
    pub(crate) fn levels(&self, mut inner: ScopeId, outer: ScopeId) -> u32 {
        let mut levels = 0;
        while inner != outer {
            inner = self.parent(inner).expect("the outer scope is around the inner one (I5)");
            levels += 1;
        }
        levels
    }

    /// The scope that is this many handlers outside of another. O(handlers).
    pub(crate) fn outward(&self, from: ScopeId, levels: u32) -> ScopeId {
        let outward = |scope, _| self.parent(scope).expect("so many handlers are in scope (I5)");
        (0..levels).fold(from, outward)
    }

    #[inline]
    pub(crate) fn stamped(&self, id: ScopeId) -> Option<Stamp> {
        self.scope(id).stamp
    }

    pub(crate) fn stamp(&mut self, id: ScopeId) -> &mut Option<Stamp> {
        &mut self.scope_mut(id).stamp
    }

    pub(crate) fn forget_stamps(&mut self) {
        self.places.iter_mut().flatten().for_each(|scope| scope.stamp = None);
    }

    #[cfg(debug_assertions)]
    pub(crate) fn uses(&self, id: ScopeId) -> u32 {
        self.scope(id).uses
    }

    /// The scope of `handler` inside `parent`, and whether it is new (then it owns the handler once). The caller
    /// must `enter` it.
    pub(crate) fn intern(&mut self, parent: ScopeId, handler: HandlerId) -> (ScopeId, bool) {
        if let Some(&found) = self.interned.get(&(parent, handler)) {
            return (found, false);
        }
        let id = ScopeId::from_word(self.numbers.take()).expect("scope numbers start at 1");
        self.place(id, Some(parent), Some(handler));
        self.interned.insert((parent, handler), id);
        (id, true)
    }

    /// One more segment is in this scope.
    pub(crate) fn enter(&mut self, mut id: ScopeId) {
        loop {
            let scope = self.scope_mut(id);
            scope.uses += 1;
            if scope.uses > 1 {
                return;
            }
            let Some(parent) = scope.parent else { return };
            let outer = self.scope_mut(parent);
            if outer.idle == Some(id) {
                outer.idle = None;
            }
            id = parent;
        }
    }

    /// As [`Scopes::leave`], if others are left in the scope; false otherwise, and nothing has happened.
    #[inline]
    pub(crate) fn leave_to_others(&mut self, id: ScopeId) -> bool {
        let scope = self.scope_mut(id);
        if scope.uses == 1 {
            return false;
        }
        scope.uses -= 1;
        true
    }

    /// One segment less is in this scope. Returns the handlers that scopes have given up.
    pub(crate) fn leave(&mut self, mut id: ScopeId, handlers: &Handlers, dropped: &mut Vec<HandlerId>) {
        loop {
            let scope = self.scope_mut(id);
            scope.uses -= 1;
            if scope.uses > 0 {
                return;
            }
            let (Some(parent), Some(handler)) = (scope.parent, scope.handler) else {
                return;
            };
            let fresh = handlers[handler.index()].as_ref().is_some_and(|handler| handler.fresh);
            let evicted = if fresh { Some(id) } else { self.scope_mut(parent).idle.replace(id) };
            if let Some(evicted) = evicted {
                self.free(evicted, dropped);
            }
            id = parent;
        }
    }

    /// Frees an unused scope and the idle scopes below it.
    fn free(&mut self, id: ScopeId, dropped: &mut Vec<HandlerId>) {
        let mut next = Some(id);
        while let Some(id) = next {
            let scope = self.places[id.index()].take().expect("a scope is freed once (I5)");
            assert_eq!(scope.uses, 0, "only an unused scope is freed (I5)");
            if let (Some(parent), Some(handler)) = (scope.parent, scope.handler) {
                self.interned.remove(&(parent, handler));
                dropped.push(handler);
            }
            self.numbers.give_back(id.word());
            next = scope.idle;
        }
    }

    /// Frees every idle scope below the root.
    pub(crate) fn free_idle(&mut self, dropped: &mut Vec<HandlerId>) {
        if let Some(idle) = self.scope_mut(self.root).idle.take() {
            self.free(idle, dropped);
        }
    }

    /// Who takes `effect`, seen from scope `id`: the answer in the row, or a search that fills it.
    #[inline]
    pub(crate) fn resolve(&mut self, id: ScopeId, effect: EffectType, handlers: &Handlers) -> Option<Resolution> {
        if let Some(known) = self.scope(id).known(effect) {
            return Some(*known);
        }
        self.search_and_learn(id, effect, handlers)
    }

    #[cold]
    fn search_and_learn(&mut self, id: ScopeId, effect: EffectType, handlers: &Handlers) -> Option<Resolution> {
        let found = self.search(id, effect, handlers)?;
        self.scope_mut(id).learn(effect, found);
        Some(found)
    }

    /// What `search` gives, without any row: its slow twin.
    #[cfg(debug_assertions)]
    pub(crate) fn search_plainly(&self, id: ScopeId, effect: EffectType, handlers: &Handlers) -> Option<Resolution> {
        std::iter::successors(Some(id), |&at| self.parent(at)).find_map(|at| {
            let handler = self.handler(at)?;
            let answer = handlers[handler.index()].as_ref()?.answer(effect)?;
            Some(Resolution { handler, answer, at })
        })
    }

    /// What the rows know, by scope.
    #[cfg(debug_assertions)]
    pub(crate) fn rows(&self) -> impl Iterator<Item = (ScopeId, EffectType, Resolution)> {
        self.places.iter().zip(0..).filter_map(|(scope, at)| Some((ScopeId::from_word(at)?, scope.as_ref()?))).flat_map(
            |(id, scope)| scope.row.iter().flatten().map(move |&(effect, resolution)| (id, effect, resolution)),
        )
    }

    fn search(&self, id: ScopeId, effect: EffectType, handlers: &Handlers) -> Option<Resolution> {
        let mut at = id;
        loop {
            let scope = self.scope(at);
            if let Some(known) = scope.known(effect) {
                return Some(*known);
            }
            let handler = scope.handler?;
            let answer = handlers[handler.index()].as_ref().and_then(|body| body.answer(effect));
            if let Some(answer) = answer {
                return Some(Resolution { handler, answer, at });
            }
            at = scope.parent?;
        }
    }
}

impl Scope {
    #[inline]
    fn known(&self, effect: EffectType) -> Option<&Resolution> {
        let cell = effect.index() & self.row.len().wrapping_sub(1);
        match self.row.get(cell) {
            Some(Some((own, resolution))) if *own == effect => Some(resolution),
            _ => None,
        }
    }

    fn learn(&mut self, effect: EffectType, resolution: Resolution) {
        if self.row.is_empty() {
            self.row.resize(2, None);
        }
        while self.row.len() < MAX_ROW && self.row[effect.index() & (self.row.len() - 1)].is_some() {
            let old = std::mem::take(&mut self.row);
            self.row.resize(old.len() * 2, None);
            for (effect, resolution) in old.into_iter().flatten() {
                self.put(effect, resolution);
            }
        }
        self.put(effect, resolution);
    }

    fn put(&mut self, effect: EffectType, resolution: Resolution) {
        let cell = effect.index() & (self.row.len() - 1);
        self.row[cell] = Some((effect, resolution));
    }
}
