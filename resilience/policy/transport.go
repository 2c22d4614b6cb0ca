package policy

// defaultIdle is the least number of idle connections kept per host if nothing bounds the calls.
const defaultIdle = 64

// Sized returns the settings with the sizes that are not set: as many connections per host as the
// bulkheads of the API together admit calls. If one of them has no bound for all accounts together,
// neither have the connections, and at least 64 idle ones are kept.
func (t Transport) Sized(bulkheads ...Bulkhead) Transport {
	sum, bounded := 0, true
	for _, b := range bulkheads {
		sum += max(b.Max, 0)
		bounded = bounded && b.Enabled != Off && b.Max > 0 && b.Scope != ScopeAccount
	}
	if t.MaxConns == 0 && bounded {
		t.MaxConns = sum
	}
	switch {
	case t.MaxIdle != 0:
	case bounded:
		t.MaxIdle = sum
	default:
		t.MaxIdle = max(sum, defaultIdle)
	}
	return t
}

// Bulkheads returns the bulkheads of an API: that of its defaults, and the own ones of operations
// that are not inside it.
func (r Resolved) Bulkheads() []Bulkhead {
	all := r.Defaults.Bulkhead
	list := []Bulkhead{all}
	for _, p := range r.Operations {
		own := p.Bulkhead
		own.MaxWait = all.MaxWait
		inside := own.Scope == ScopeAccount && all.Scope != ScopeAccount
		if own != all && !inside {
			list = append(list, own)
		}
	}
	return list
}
