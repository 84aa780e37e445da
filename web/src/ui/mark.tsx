// The product's mark: two rings and the ground they share.

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 56 40" width="42" height="30" aria-hidden="true" focusable="false">
      <path class="mark__shared" d="M28 6.1a16 16 0 0 1 0 27.8 16 16 0 0 1 0-27.8z" />
      <circle class="mark__ring" cx="20" cy="20" r="16" />
      <circle class="mark__ring" cx="36" cy="20" r="16" />
    </svg>
  )
}
