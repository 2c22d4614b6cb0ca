package main

import (
	"fmt"
	"io"
	"math"

	"github.com/resgen/resgen/bench/variant"
)

// What the storms are measured by.
const (
	plainAttempts   = 3.81 // of plain retry in the outage: less than 4, as its end cuts some calls short
	plainTolerance  = 0.1
	oursAttempts    = 0.25 // most of ours in the outage
	oursRecovery    = 2.0  // most seconds of ours until it recovers from the overload
	oursShare       = 0.95 // least share of ours of the success of breaker and bucket after the stall
	oursLongSuccess = 98.5 // least success of ours in 20,000 calls with 30 % errors, in %
)

// A verdict is one sentence about a table.
type verdict struct {
	text      string
	ok        bool
	calibrate bool // about the storm itself: if it does not hold, no number in the table means anything
}

// checkOutage judges the table of the outage.
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

// checkOverload judges the table of the overload.
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

// outcome says when something happened.
func outcome(seconds float64) string {
	if math.IsInf(seconds, 1) {
		return "not"
	}
	return fmt.Sprintf("after %.2f s", seconds)
}

// checkLong judges the table of long partial failure.
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

// tell prints verdicts and reports whether the storm is the one described, and whether ours meets
// its aims.
func tell(w io.Writer, verdicts []verdict) (calibrated, met bool) {
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
