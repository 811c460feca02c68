// Search fields for codes: found by their markup when the page opens, and on first focus when a row
// of a form was added later.
import "./combobox.css";
import { enhance, watch } from "./combobox.js";

enhance(document);
watch(document);
