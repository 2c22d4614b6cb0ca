package policies

// This file reads the annotations of other tools.

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/tree"
)

// A reader returns the policy of the annotation n in the document root. The second result is false
// if the value is not usable.
type reader func(root, n *tree.Node) (policy.Policy, bool)

// vendors has the readers of annotations by key in lower case.
var vendors = map[string]reader{
	"x-speakeasy-retries":    speakeasyRetries,
	"x-speakeasy-timeout":    speakeasyTimeout,
	"x-speakeasy-pagination": speakeasyPages,
	"x-fern-idempotent":      fernIdempotent,
	"x-fern-cli-idempotency": nothing,
	"x-fern-retries":         fernRetries,
	"x-fern-pagination":      fernPages,
	"x-ms-pageable":          microsoftPages,
	"x-idempotent":           idempotent,
	"x-idempotency":          idempotency,
	"x-idempotency-key-ttl":  nothing,
	"x-retryable":            retryable,
	"x-rate-limit":           rateLimit,
	"x-ratelimit":            rateLimit,
}

// nothing is the reader of known annotations that have no equivalent in a policy.
func nothing(_, _ *tree.Node) (policy.Policy, bool) { return policy.Policy{}, true }

// alwaysRetried are the statuses that the runtime retries without being configured.
var alwaysRetried = []int{408, 425, 429, 500, 502, 503, 504}

// retriedStatus returns a status that is retried only if a policy says so, 0 for other texts.
func retriedStatus(text string) int {
	status, err := strconv.Atoi(text)
	if err != nil || status < 400 || status > 599 || slices.Contains(alwaysRetried, status) {
		return 0
	}
	return status
}

// speakeasyRetries reads {strategy, backoff, statusCodes}, where backoff is {initialInterval,
// maxInterval, maxElapsedTime, exponent} with intervals in milliseconds. The annotation describes
// how to retry, not that a retry is safe.
func speakeasyRetries(_, n *tree.Node) (policy.Policy, bool) {
	if s := n.Get("strategy"); s != nil && s.Text == "none" {
		return policy.Policy{Retry: policy.Retry{Attempts: 1}}, true
	}
	var pol policy.Policy
	b := n.Get("backoff")
	wait := policy.Backoff{Base: milliseconds(b.Get("initialInterval")), Max: milliseconds(b.Get("maxInterval"))}
	if f, ok := b.Get("exponent").Float(); ok && f >= 1 {
		wait.Factor = f
	}
	if wait.Max != 0 && wait.Max < wait.Base {
		return pol, false
	}
	pol.Retry.Throttle, pol.Retry.Server, pol.Retry.Connection = wait, wait, wait
	pol.Timeout.Overall = milliseconds(b.Get("maxElapsedTime"))
	if codes := n.Get("statusCodes"); codes != nil {
		var statuses []int
		for _, c := range codes.Items {
			if status := retriedStatus(c.Text); status > 0 {
				statuses = append(statuses, status)
			}
		}
		if statuses != nil {
			pol.Retry.When = []policy.Rule{{Status: statuses}}
		}
	}
	return pol, n.Kind == tree.Mapping
}

// milliseconds reads a number of milliseconds. It returns 0 for anything else.
func milliseconds(n *tree.Node) time.Duration {
	f, ok := n.Float()
	if !ok || f <= 0 || f > float64(math.MaxInt64/int64(time.Millisecond)) {
		return 0
	}
	return time.Duration(f * float64(time.Millisecond))
}

func speakeasyTimeout(_, n *tree.Node) (policy.Policy, bool) {
	d := milliseconds(n)
	return policy.Policy{Timeout: policy.Timeout{Overall: d}}, d > 0
}

// fernIdempotent reads a bool: the operation takes the first of the headers that the root lists
// under x-fern-idempotency-headers.
func fernIdempotent(root, n *tree.Node) (policy.Policy, bool) {
	if n.Text != "true" {
		return policy.Policy{}, n.Text == "false"
	}
	pol := policy.Policy{Idempotency: policy.Keyed, Why: "the document marks it as taking an idempotency key"}
	if list := root.Get("x-fern-idempotency-headers"); list != nil && len(list.Items) > 0 {
		if h := list.Items[0].Get("header"); h != nil {
			pol.Key.Header = h.Text
		}
	}
	return pol, true
}

func fernRetries(_, n *tree.Node) (policy.Policy, bool) {
	if d := n.Get("disabled"); d != nil && d.Text == "true" {
		return policy.Policy{Retry: policy.Retry{Attempts: 1}}, true
	}
	return policy.Policy{}, n.Get("disabled") != nil
}

func idempotent(_, n *tree.Node) (policy.Policy, bool) {
	switch n.Text {
	case "true":
		return policy.Policy{Idempotency: policy.Idempotent, Why: "the document marks it as idempotent"}, true
	case "false":
		return policy.Policy{Idempotency: policy.Unsafe, Why: "the document marks it as not idempotent"}, true
	}
	return policy.Policy{}, false
}

// idempotency reads required or optional (the operation takes a key), exempt or none (it does not),
// or a bool.
func idempotency(root, n *tree.Node) (policy.Policy, bool) {
	switch n.Text {
	case "required", "optional":
		return policy.Policy{Idempotency: policy.Keyed, Why: "the document marks its idempotency key as " + n.Text},
			true
	case "exempt", "none":
		return policy.Policy{}, true
	}
	return idempotent(root, n)
}

// retryable reads a bool of an operation: false forbids retries. True says nothing of the effect of
// a repeat.
func retryable(_, n *tree.Node) (policy.Policy, bool) {
	if n.Text == "false" {
		return policy.Policy{Retry: policy.Retry{Attempts: 1}}, true
	}
	return policy.Policy{}, n.Text == "true"
}
