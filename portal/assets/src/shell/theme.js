// Light, dark or as the system. The choice is a cookie, so that the server writes it into the next
// page and nothing flashes; here it takes effect at once.

const year = 365 * 24 * 3600;

export function watchTheme() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-theme-choice]");
    if (!button) return;
    event.preventDefault();
    choose(button.dataset.themeChoice);
  });
}

function choose(theme) {
  document.documentElement.setAttribute("data-bs-theme", theme);
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${theme}; Path=/; Max-Age=${year}; SameSite=Lax${secure}`;
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
  }
  document.dispatchEvent(new CustomEvent("portal:theme", { detail: theme }));
}
