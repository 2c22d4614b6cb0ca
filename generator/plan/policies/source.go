package policies

import (
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// FromDocument returns the layer of a policy that a document declares at a position.
func FromDocument(pol policy.Policy, pos diag.Position, note string) policy.Layer {
	return policy.Of(pol, policy.Source{Kind: policy.FromDocument, Pos: pos, Note: note})
}
