package admin

import (
	"bytes"
	"encoding/json"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience"
)

// The bounds of what requests cost.
const (
	freshness   = 200 * time.Millisecond // how old the snapshot of a response may be, if taking it is quick
	mostAge     = time.Second            // how old it may be otherwise
	mostViews   = 16                     // of one snapshot
	mostReaders = 64                     // requests for a view at the same time
)

// Views are what requests see. A snapshot and all that is made of it are shared: views of the same
// kind and query are made once, one after the other.
type views struct {
	take   func() resilience.Snapshot
	report func(resilience.Snapshot, Query) Status

	readers chan struct{} // has a value for each request

	mu       sync.Mutex
	snapshot resilience.Snapshot // the last one
	took     time.Duration       // to take it
	statuses map[Query]Status    // of the snapshot
	bodies   map[view][]byte     // of the snapshot
}

// A view is a kind of response and what it shows.
type view struct {
	kind  string
	query Query
}

func newViews(take func() resilience.Snapshot, report func(resilience.Snapshot, Query) Status) *views {
	return &views{
		take: take, report: report, readers: make(chan struct{}, mostReaders), statuses: map[Query]Status{},
		bodies: map[view][]byte{},
	}
}

// body returns a view of a snapshot that is not too old. write makes it unless it exists. ok is
// false if too many requests wait.
func (v *views) body(kind string, q Query, write func(*bytes.Buffer, Status) error) (text []byte, ok bool, err error) {
	select {
	case v.readers <- struct{}{}:
	default:
		return nil, false, nil
	}
	defer func() { <-v.readers }()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.refresh(ageAfter(v.took))
	key := view{kind, q}
	if text, ok := v.bodies[key]; ok {
		return text, true, nil
	}
	var b bytes.Buffer
	if err := write(&b, v.statusOf(q)); err != nil {
		return nil, true, err
	}
	if len(v.bodies) < mostViews {
		v.bodies[key] = b.Bytes()
	}
	return b.Bytes(), true, nil
}

// status returns the status that is not older than a duration.
func (v *views) status(age time.Duration) Status {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.refresh(age)
	return v.statusOf(Query{Page: 1})
}

// forget makes the next response show the present state.
func (v *views) forget() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.snapshot = resilience.Snapshot{}
}

// ageAfter returns how old a snapshot may be if taking it took some time, so that requests take
// snapshots for at most a fifth of the time.
func ageAfter(took time.Duration) time.Duration { return min(max(freshness, 5*took), mostAge) }

// refresh takes a snapshot if the last one is older than a duration. The lock must be held.
func (v *views) refresh(age time.Duration) {
	if !v.snapshot.At.IsZero() && time.Since(v.snapshot.At) < age {
		return
	}
	begun := time.Now()
	v.snapshot = v.take()
	v.took = time.Since(begun)
	clear(v.statuses)
	clear(v.bodies)
}

// statusOf returns what the snapshot says. The lock must be held.
func (v *views) statusOf(q Query) Status {
	s, ok := v.statuses[q]
	if !ok {
		s = v.report(v.snapshot, q)
		if len(v.statuses) < mostViews {
			v.statuses[q] = s
		}
	}
	return s
}

// writeJSON writes a status as JSON.
func writeJSON(b *bytes.Buffer, s Status) error { return json.NewEncoder(b).Encode(s) }
