package batch_test

import (
	"path/filepath"
	"testing"

	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/internal/storetest"
)

func TestFile_IsAJournal(t *testing.T) {
	storetest.Journal(t, func(t *testing.T, test func(*testing.T, func() batch.Journal)) {
		path := filepath.Join(t.TempDir(), "journal")
		test(t, func() batch.Journal { return batch.NewFile(path, batch.FileOptions{Sync: batch.SyncClose}) })
	})
}
