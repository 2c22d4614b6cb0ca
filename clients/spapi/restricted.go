package spapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

// restrictedKey is the context key of [Restricted].
type restrictedKey struct{}

// Restricted returns a context whose calls use a restricted data token for their exact path,
// independent of their policy. Use it for operations that are restricted only in some cases: for
// getReportDocument of a restricted report type, and for personal data in orders and their items,
// which the ordinary token leaves out: Restricted(ctx, "buyerInfo", "shippingAddress"). Elements
// are the kinds of personal data required; most operations need none.
func Restricted(ctx context.Context, elements ...string) context.Context {
	return context.WithValue(ctx, restrictedKey{}, joined(elements))
}

// restrictedBy returns the elements set by [Restricted].
func restrictedBy(ctx context.Context) (elements string, ok bool) {
	elements, ok = ctx.Value(restrictedKey{}).(string)
	return elements, ok
}

// joined returns a list as part of a key: sorted and without duplicates.
func joined(elements []string) string {
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(elements))), ",")
}

// within returns the part of path that matches the operation's path, without the path of the base
// URL, which the API does not know.
func within(path, operation string) string {
	parts, want := strings.Split(path, "/"), strings.Count(operation, "/")
	return "/" + strings.Join(parts[max(0, len(parts)-want):], "/")
}

// restrictedGrant returns the restricted data token of a request: for the operation's path with
// parameters in braces, which is valid for all values, or for the exact path.
func restrictedGrant(r *http.Request, path, elements string) grant {
	return grant{kind: restricted, method: r.Method, path: path, elements: elements}
}
