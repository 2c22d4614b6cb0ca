package main

import (
	"fmt"
	"io"
	"math"

	"github.com/resgen/resgen/bench/variant"
)

// Expected results of the storms.
const (
	plainAttempts   = 3.81 // plain retry in the outage: less than 4, because the end of the outage shortens some calls
	plainTolerance  = 0.1
	oursAttempts    = 0.25 // maximum for ours in the outage
	oursRecovery    = 2.0  // maximum for ours after the overload, in seconds
	oursShare       = 0.95 // minimum success of ours after the stall, relative to breaker and bucket
	oursLongSuccess = 98.5 // minimum success of ours in 20,000 calls with 30 % errors, in %
)

// A verdict is a statement about a table.
type verdict struct {
	text      string
	ok        bool
	calibrate bool // about the storm itself: if it does not hold, the table is meaningless
}

// checkOutage evaluates the table of the outage.
func checkOutage(t table) []verdict {
	var v []verdict
	if n, ok := t.at(variant.Plain, 0); ok {
		text := fmt.Sprintf(
			"%s makes %.2f attempts a call in the outage; %.2f ± %.0f %% are due",
			variant.Plain,
			n,
			plainAttempts,
			100*plainTolerance,
		)
		v = append(v, verdict{text, math.Abs(n-plainAttempts) <= plainTolerance*plainAttempts, true})
	}
	if n, ok := t.at(variant.Ours, 0); ok {
		v = append(
			v,
			verdict{
				fmt.Sprintf(
					"%s makes %.2f attempts a call in the outage; at most %.2f are due",
					variant.Ours,
					n,
					oursAttempts,
				),
				n <= oursAttempts,
				false,
			},
		)
	}
	return v
}

// checkOverload evaluates the table of the overload.
func checkOverload(t table) []verdict {
	var v []verdict
	if n, ok := t.at(variant.Plain, 2); ok {
		v = append(
			v,
			verdict{variant.Plain + " must not recover from the stall; it does " + outcome(n), math.IsInf(n, 1), true},
		)
	}
	ours, ok := t.at(variant.Ours, 2)
	if !ok {
		return v
	}
	v = append(
		v,
		verdict{
			fmt.Sprintf(
				"%s recovers within %.0f s of the stall's end; it does %s",
				variant.Ours,
				oursRecovery,
				outcome(ours),
			),
			ours <= oursRecovery,
			false,
		},
	)
	if reference, ok := t.at(variant.Bucket, 1); ok {
		own, _ := t.at(variant.Ours, 1)
		text := fmt.Sprintf(
			"%s has %.3f of the success of %s after the stall; at least %.2f is due",
			variant.Ours,
			own/reference,
			variant.Bucket,
			oursShare,
		)
		v = append(v, verdict{text, own >= oursShare*reference, false})
	}
	return v
}

// outcome formats when something happened.
func outcome(seconds float64) string {
	if math.IsInf(seconds, 1) {
		return "not"
	}
	return fmt.Sprintf("after %.2f s", seconds)
}

// checkLong evaluates the table of the long partial failure.
func checkLong(t table) []verdict {
	n, ok := t.at(variant.Ours, 0)
	if !ok {
		return nil
	}
	return []verdict{
		{
			fmt.Sprintf(
				"%s succeeds in %.2f %% of the calls; at least %.1f %% are due",
				variant.Ours,
				n,
				oursLongSuccess,
			),
			n >= oursLongSuccess,
			false,
		},
	}
}

// printVerdicts prints verdicts and reports whether the storm is as described and whether ours
// meets its goals.
func printVerdicts(w io.Writer, verdicts []verdict) (calibrated, met bool) {
	calibrated, met = true, true
	for _, v := range verdicts {
		mark := "holds"
		if !v.ok {
			mark = "FAILS"
		}
		fmt.Fprintf(w, "%s: %s\n", mark, v.text)
		if v.calibrate {
			calibrated = calibrated && v.ok
		} else {
			met = met && v.ok
		}
	}
	return calibrated, met
}
