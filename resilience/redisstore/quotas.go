package redisstore

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/resgen/resgen/resilience/fleet"
)

//go:embed quotas.lua
var quotasScript string

// draw is the script of [Store.Draw].
var draw = redis.NewScript(quotasScript)

// Draw implements [fleet.Quotas]. It is one run of a script, whose clock is that of the server.
func (s *Store) Draw(ctx context.Context, bucket string, d fleet.Draw) (fleet.Grant, error) {
	keys := []string{s.key(bucket, "quota"), s.key(bucket, "members")}
	args := drawArgs(d)
	if s.clock != nil {
		args = append(args, micros(s.clock()))
	}
	text, err := draw.Run(ctx, s.client, keys, args...).Text()
	if err != nil {
		return fleet.Grant{}, fmt.Errorf("redisstore: draw from %s: %w", keys[0], err)
	}
	return readGrant(text)
}

// drawArgs returns the arguments of the script, in the order in which it reads them.
func drawArgs(d fleet.Draw) []any {
	return []any{
		d.Process, flag(d.Leave),
		number(d.Rate.PerSecond), number(d.Rate.Capacity), number(d.Rate.Floor), number(d.Rate.Ceiling),
		flag(d.Rate.Learns),
		micros(d.Since), number(d.Tokens), micros(d.Away), number(d.Spent),
		number(d.Stated.PerSecond), number(d.Stated.Remaining), flag(d.Stated.Counted), micros(d.Stated.Reset),
		flag(d.Throttled.Now), micros(d.Throttled.Hold),
		number(d.Least), number(d.Waiting), number(d.Extra), micros(d.Most),
	}
}

func flag(on bool) string {
	if on {
		return "1"
	}
	return "0"
}

// number returns the text of a number, which is never infinite.
func number(x float64) string {
	return strconv.FormatFloat(min(max(x, -math.MaxFloat64), math.MaxFloat64), 'g', -1, 64)
}

// micros returns a duration in microseconds. A time since 1970 is exact too: as nanoseconds it has
// more digits than a float64.
func micros(d time.Duration) string {
	return number(float64(d/time.Microsecond) + float64(d%time.Microsecond)/float64(time.Microsecond))
}

// readGrant reads the result of the script.
func readGrant(text string) (fleet.Grant, error) {
	words := strings.Fields(text)
	values := make([]float64, len(words))
	for i, w := range words {
		var err error
		if values[i], err = strconv.ParseFloat(w, 64); err != nil || math.IsNaN(values[i]) || math.IsInf(values[i], 0) {
			return fleet.Grant{}, fmt.Errorf("redisstore: the script returned %q", text)
		}
	}
	if len(values) != 10 || values[0] < 0 {
		return fleet.Grant{}, fmt.Errorf("redisstore: the script returned %q", text)
	}
	return fleet.Grant{
		Permits: values[0], Wait: duration(values[1]), Apart: duration(values[2]), Members: int(values[3]),
		Bucket: fleet.Bucket{
			Tokens: values[4], Filled: duration(values[5]), Learned: values[6], Cut: values[7],
			Resume: duration(values[8]), Held: duration(values[9]),
		},
	}, nil
}

// duration returns a number of microseconds as a duration.
func duration(micros float64) time.Duration {
	ns := micros * float64(time.Microsecond)
	switch {
	case ns >= math.MaxInt64:
		return math.MaxInt64
	case ns <= math.MinInt64:
		return math.MinInt64
	}
	return time.Duration(ns)
}
