package generator

// codes lists the codes of all warnings, sorted. Severity may name these. A test compares the list
// with the sources and with docs/reference/findings.md.
var codes = []string{
	"ambiguous-path", "annotation", "any", "bad-name", "body-and-form", "bounds", "contradiction", "discriminator",
	"duplicate-key", "duplicate-operation-id", "duplicate-parameter", "duplicate-value", "hedge-ignored",
	"keyed-without-header", "kin-openapi", "large-cost", "large-reserve", "late-attempts", "misplaced-extension",
	"missing-key", "name-clash", "other-version", "overlay", "parameter-schema", "path", "path-parameter", "pattern",
	"plain-http", "reference-cycle", "retry-without-breaker", "rule-ignored", "rule-without-effect", "same-why",
	"schema", "security", "security-scheme", "server-variable", "slow-call-without-effect", "slow-refill", "status",
	"style", "transport-ignored", "unknown-key", "unknown-type", "unknown-word", "unreadable-reference",
	"unresolved-reference", "unsafe-pages", "unsafe-without-why", "unused-name", "usage-plan", "wrong-section",
	"wrong-type", "wrong-value",
}
