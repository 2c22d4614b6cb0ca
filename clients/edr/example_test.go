package edr_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
	"github.com/resgen/resgen/resilience/auth"
)

// Signing in requires a person who receives a code by phone. Calls work until the server ends the
// session; then they return an error and a person must sign in again. The example uses a fake
// server.
func Example() {
	standIn := edrtest.New(edrtest.Options{Events: []edrtest.Event{{
		Number: 601234, Name: "Olive oil", Day: "2026-03-02", Type: 3, Status: 2, StatusName: "APPROVED", Club: 8135,
		Items: []edrtest.Item{{Number: 980011223, Name: "Olive oil 1 l"}, {Number: 980011224, Name: "Olive oil 2 l"}},
	}}})
	server := httptest.NewServer(standIn)
	defer server.Close()

	client, err := edr.New(edr.Config{
		Username: edrtest.Username, Password: auth.NewSecret(edrtest.Password),
		CredentialID: auth.NewSecret(edrtest.CredentialID),
		BaseURLs: edr.BaseURLs{
			Login: server.URL, Portal: server.URL, EventManagement: server.URL + "/EventManagement",
		},
		Store: &edr.Memory{}, // programs set Key instead: the session is kept in an encrypted file
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = client.Close() }()

	ctx := context.Background()
	march := edr.ScheduleQuery{
		Clubs: []int{8135},
		From:  time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		To:    time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC),
	}
	if _, err := client.DailySchedule(ctx, march); errors.Is(err, edr.ErrSignInNeeded) {
		fmt.Println("sign in first")
	}
	if err := client.RequestCode(ctx); err != nil {
		fmt.Println(err)
		return
	}
	code := standIn.Code() // what the person reads from the phone
	if err := client.Complete(ctx, code); err != nil {
		fmt.Println(err)
		return
	}
	rows, err := client.DailySchedule(ctx, march)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, event := range edr.ByScheduledEvent(edr.Approved(rows)) {
		day, _ := event.Rows[0].Day()
		fmt.Println(event.Event, day.Format(time.DateOnly), event.Rows[0].Name(), "with", len(event.Rows), "items")
	}
	// Output:
	// sign in first
	// 601234 2026-03-02 Olive oil with 2 items
}
