import { config } from 'zod';

// The content security policy forbids code made from strings. Without this, zod tries, and the browser logs a fault.
config({ jitless: true });
