package quorum_test

import (
	"testing"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/internal/quorum"
	"github.com/resgen/resgen/resilience/internal/quorum/quorumtest"
)

func TestMemory(t *testing.T) {
	quorumtest.Run(t, func(_ *testing.T, c *quorumtest.Clock) (fleet.Circuits, func()) {
		store := &quorum.Memory{Clock: c.Now}
		return store, store.Lose
	})
}
