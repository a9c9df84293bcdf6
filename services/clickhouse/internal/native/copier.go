package native

import (
	"bufio"
	"encoding/binary"
	"io"
)

// copier moves bytes from src to dst and looks at those that say how many follow.
type copier struct {
	src *bufio.Reader
	dst io.Writer
	num [binary.MaxVarintLen64]byte
}

func (c *copier) bytes(n uint64) error {
	for n > 0 {
		window, err := c.window()
		if err != nil {
			return err
		}
		window = window[:min(uint64(len(window)), n)]
		if err := c.take(window); err != nil {
			return err
		}
		n -= uint64(len(window))
	}
	return nil
}

// strings copies values that each follow their length.
func (c *copier) strings(rows uint64) error {
	for rows > 0 {
		window, err := c.window()
		if err != nil {
			return err
		}
		whole := 0 // bytes of whole values in the window
		for rows > 0 {
			length, n := binary.Uvarint(window[whole:])
			if n <= 0 || length > uint64(len(window)-whole-n) {
				break
			}
			whole += n + int(length)
			rows--
		}
		if whole > 0 {
			if err := c.take(window[:whole]); err != nil {
				return err
			}
			continue
		}
		if err := c.string(); err != nil {
			return err
		}
		rows--
	}
	return nil
}

func (c *copier) string() error {
	length, err := readUvarint(c.src)
	if err != nil {
		return unexpected(err)
	}
	if _, err := c.dst.Write(c.num[:binary.PutUvarint(c.num[:], length)]); err != nil {
		return err
	}
	return c.bytes(length)
}

func (c *copier) uint64() (uint64, error) {
	b, err := c.src.Peek(8)
	if err != nil {
		return 0, unexpected(err)
	}
	n := binary.LittleEndian.Uint64(b)
	return n, c.take(b)
}

// window returns the bytes at hand, at least one.
func (c *copier) window() ([]byte, error) {
	if c.src.Buffered() == 0 {
		if _, err := c.src.Peek(1); err != nil {
			return nil, unexpected(err)
		}
	}
	return c.src.Peek(c.src.Buffered())
}

func (c *copier) take(b []byte) error {
	if _, err := c.dst.Write(b); err != nil {
		return err
	}
	_, err := c.src.Discard(len(b))
	return err
}
