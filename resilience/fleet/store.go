package fleet

// A Store keeps what the processes of a fleet share. It is safe for concurrent use.
type Store interface {
	Quotas
	Circuits
}
