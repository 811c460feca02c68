// Entry of the pages that hold a form.
import { watchForms } from "./form.js";

watchForms();
