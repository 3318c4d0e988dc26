// The dashboard begins here.

import '@picocss/pico/css/pico.css';
import { render } from 'preact';
import { App } from './app.tsx';
import './dashboard.css';

const place = document.getElementById('dashboard');
if (place !== null) render(<App />, place);
