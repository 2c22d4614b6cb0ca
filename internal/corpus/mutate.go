package main

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// strangers are values that take the place of others.
var strangers = []any{
	"", "x", "2026-02-03", "2026-02-30T00:00:00Z", "2026-02-03T04:05:06+01:00", "not a date", "someone@example.com",
	"a@b@c", "https://example.com/a b", "/relative", "01234567-89ab-4def-8123-456789abcdef", "192.0.2.300", "ä€😀",
	strings.Repeat("long ", 60), strings.Repeat("9", 40), "EUR", "true", "-12.50",
	0.0, 1.0, -1.0, 1.5, 0.001, 99999999999.0,
	2147483648.0, 1e300, 100.0, true, false, nil, []any{}, map[string]any{}, []any{"a", "a"}, []any{1.0, 1.0, 1.0},
	map[string]any{"extra": 1.0}, []any{nil},
}

// mutate changes one place of a value.
func mutate(v any, random *rand.Rand) any {
	stop := random.IntN(4) == 0
	switch x := v.(type) {
	case map[string]any:
		if len(x) == 0 || stop {
			return mutateObject(x, random)
		}
		name := slices.Sorted(maps.Keys(x))[random.IntN(len(x))]
		x = maps.Clone(x)
		x[name] = mutate(x[name], random)
		return x
	case []any:
		if len(x) == 0 || stop {
			return mutateList(x, random)
		}
		x = slices.Clone(x)
		at := random.IntN(len(x))
		x[at] = mutate(x[at], random)
		return x
	case string:
		switch random.IntN(4) {
		case 0:
			return x + x
		case 1:
			return strings.ToUpper(x)
		case 2:
			return string([]rune(x)[:len([]rune(x))/2])
		}
	case float64:
		switch random.IntN(4) {
		case 0:
			return -x
		case 1:
			return x + 0.5
		case 2:
			return x*1000 + 1
		}
	}
	return strangers[random.IntN(len(strangers))]
}

func mutateObject(x map[string]any, random *rand.Rand) any {
	names := slices.Sorted(maps.Keys(x))
	x = maps.Clone(x)
	switch random.IntN(4) {
	case 0:
		x["somethingElse"] = strangers[random.IntN(len(strangers))]
	case 1, 2:
		if len(names) > 0 {
			delete(x, names[random.IntN(len(names))])
		}
	default:
		return strangers[random.IntN(len(strangers))]
	}
	return x
}

func mutateList(x []any, random *rand.Rand) any {
	switch random.IntN(4) {
	case 0:
		return append(slices.Clone(x), strangers[random.IntN(len(strangers))])
	case 1:
		return append(slices.Clone(x), x...)
	case 2:
		return []any{}
	}
	return strangers[random.IntN(len(strangers))]
}
