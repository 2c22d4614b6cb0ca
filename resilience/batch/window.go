package batch

// firstLimit is how many items are processed at a time in the beginning.
const firstLimit = 4

// A window is how many items may be processed at a time. It grows by one for each full window of
// items that neither waited nor were throttled, and halves when an item is throttled.
type window struct {
	limit int
	max   int
	clean int // items in a row without a wait or throttling
	epoch int // number of halvings
}

// newWindow returns the window of the beginning.
func newWindow(most int) window { return window{limit: min(firstLimit, most), max: most} }

// A pace is how an item fared.
type pace struct {
	epoch     int  // of the window when the item was started
	waited    bool // it waited for a permit, a circuit or a sign-in
	throttled bool
}

// after returns the window after an item. Items that were started before a halving do not halve it
// again: they were as many as the larger window allowed.
func (w window) after(p pace) window {
	switch {
	case p.throttled && p.epoch == w.epoch:
		w.limit, w.clean, w.epoch = max(1, w.limit/2), 0, w.epoch+1
	case p.throttled, p.waited:
		w.clean = 0
	default:
		w.clean++
		if w.clean >= w.limit {
			w.limit, w.clean = min(w.limit+1, w.max), 0
		}
	}
	return w
}

// within returns the window with a smaller maximum, for example the bulkhead of an operation.
func (w window) within(most int) window {
	if most > 0 && most < w.max {
		w.max = most
		w.limit = min(w.limit, most)
	}
	return w
}
