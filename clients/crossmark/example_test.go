package crossmark_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http/httptest"
	"time"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
	"github.com/resgen/resgen/resilience/auth"
)

// Reads the work items of a week from a fake server and books the unstaffed one.
func Example() {
	server := httptest.NewServer(crossmarktest.New(crossmarktest.Options{
		Plans: []crossmarktest.Plan{
			{ID: "31000001", Name: "Demo of tea", Start: "06/02/2026", End: "06/05/2026", StoreID: "77", Minutes: 90},
			{
				ID:        "31000002",
				Name:      "Demo of jam",
				Start:     "06/03/2026",
				End:       "06/03/2026",
				StoreID:   "78",
				Condition: "Scheduled",
				Scheduled: "06/03/2026 10:00:00 AM",
				RepID:     "102",
				EventID:   "10000001",
			},
		},
		Reps: []crossmarktest.Rep{{ID: "101", First: "A", Last: "B"}},
	}))
	defer server.Close()

	client, err := crossmark.New(
		crossmark.Config{UserID: "planner", Password: auth.NewSecret("secret"), BaseURL: server.URL},
	)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = client.Close() }()

	ctx := context.Background()
	from := crossmark.Date{Year: 2026, Month: time.June, Day: 1}
	for plan, err := range client.Plans(ctx, from, from.AddDays(6), crossmark.Search{}) {
		if err != nil { // a window is missing; the others are still returned
			log.Fatal(err)
		}
		fmt.Println(plan.ID(), plan.Name(), plan.Condition())
		if plan.Booked() {
			continue
		}
		start := time.Date(2026, time.June, 2, 9, 30, 0, 0, client.Zone())
		made, err := client.Schedule(ctx, crossmark.Booking{PlanID: plan.ID(), RepID: "101", Start: start})
		var failed *crossmark.BookingError
		switch {
		case errors.As(err, &failed) && failed.MayHaveApplied: // the result is unknown: read the work item first
		case err != nil: // nothing changed
		default:
			fmt.Println("booked until", made.End.Format(time.TimeOnly))
		}
	}
	// Output:
	// 31000001 Demo of tea Unstaffed
	// booked until 11:00:00
	// 31000002 Demo of jam Scheduled
}
