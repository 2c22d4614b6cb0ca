package bound

import "context"

// KeyOf returns the key of the value that a function looks up in a context. Packages that do not
// export their keys have such functions.
func KeyOf(lookUp func(ctx context.Context)) any {
	p := keyProbe{Context: context.Background()}
	lookUp(&p)
	return p.key
}

// A keyProbe is a canceled context that notes the key of a value.
type keyProbe struct {
	context.Context
	key any
}

// Err implements [context.Context].
func (*keyProbe) Err() error { return context.Canceled }

// Value implements [context.Context].
func (p *keyProbe) Value(key any) any {
	p.key = key
	return nil
}
