// The page of the demo begins here.

import '@picocss/pico/css/pico.css';
import { render } from 'preact';
import { App } from './app.tsx';
import './page.css';

const place = document.getElementById('page');
if (place !== null) render(<App />, place);
