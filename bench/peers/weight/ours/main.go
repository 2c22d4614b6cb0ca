// Command ours makes one call with the client of resgen.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/resgen/resgen/bench/peers/bin/ours"
	"github.com/resgen/resgen/resilience"
)

func main() {
	client, err := ours.New(resilience.WithBaseURL(os.Args[1]))
	if err != nil {
		panic(err)
	}
	tool, err := client.GetTool(context.Background(), "s1", "t1", ours.GetToolParams{Shops: []string{"a"}})
	fmt.Println(tool, err)
}
