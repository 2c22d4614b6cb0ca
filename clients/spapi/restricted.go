package spapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

// restrictedKey is the key of a context's mark.
type restrictedKey struct{}

// Restricted returns a context whose calls take a restricted data token for their very path,
// whatever their policy says: for operations that are restricted in some cases only, such as
// getReportDocument with the document of a restricted report type. Elements are the kinds of
// personal data wanted; most operations take none.
func Restricted(ctx context.Context, elements ...string) context.Context {
	return context.WithValue(ctx, restrictedKey{}, joined(elements))
}

// restrictedBy returns the mark of a context.
func restrictedBy(ctx context.Context) (elements string, ok bool) {
	elements, ok = ctx.Value(restrictedKey{}).(string)
	return elements, ok
}

// joined makes a list part of a key: sorted, each once.
func joined(elements []string) string {
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(elements))), ",")
}

// within returns the end of a path that an operation has: what a base URL puts before it is not
// known to the API.
func within(path, operation string) string {
	parts, want := strings.Split(path, "/"), strings.Count(operation, "/")
	return "/" + strings.Join(parts[max(0, len(parts)-want):], "/")
}

// restrictedGrant names the restricted data token of a request: for a path as the policy's
// operation has it, parameters in braces, which opens it for every value, or for the very path.
func restrictedGrant(r *http.Request, path, elements string) grant {
	return grant{kind: restricted, method: r.Method, path: path, elements: elements}
}
