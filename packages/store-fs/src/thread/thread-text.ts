// Made from thread-main.ts by `npm run build:thread`. Do not edit.

/** The program of the thread that writes. */
export const threadText = `\
var ae=require("node:worker_threads");var re=require("node:zlib"),ne=require("node:timers/promises")\
;function I(e){return e.split(\`
\`).map(ce).join(\`
\`)}function ce(e){return e.replace(/[\\p{C}\\p{Zl}\\p\
{Zp}]/gu,t=>t.replace(/[^]/g,ue))}function ue(e){return\`\\\\u\${e.charCodeAt(0).toString(16).padStart(4\
,"0")}\`}var u=class extends Error{name="KeepfitError";code;constructor(t,r,n){super(\`\${t}: \${I(r)}\`,\
n),this.code=t}};function f(e){return e instanceof Error&&e.name==="KeepfitError"&&"code"in e}var y=\
class{#n;#o;#e;#t=0;#r;constructor(t,r){this.#n=t,this.#o=r,this.#e=new DataView(new ArrayBuffer(4*t\
.length)),this.#r=t[0]??0}add(t){for(let r=0;r<t.byteLength;){for(;this.#r===0;)this.#r=this.#n[++th\
is.#t]??1/0;if(this.#r===1/0)return;let n=Math.min(r+this.#r,t.byteLength),o=4*this.#t,i=this.#e.get\
Uint32(o,!0);this.#e.setUint32(o,this.#o(t.subarray(r,n),i),!0),this.#r-=n-r,r=n}}toBytes(){return n\
ew Uint8Array(this.#e.buffer)}};function R(){let e=Promise.resolve();return{run:t=>{let r=e.then(t,t\
);return e=r.catch(()=>{}),r}}}var S=require("node:path");var _={fsStore:"folder",fileSink:"path"},l\
e={ENOSPC:"the disk is full",EDQUOT:"the disk quota is used up"};function $(e,t){let r=m(e),n=\`could\
 not \${t.action} \${t.path} (\${r===""?String(e):r})\`,o=le[r];if(o!==void 0){let i=t.byteLength===void\
 0?"":\`, and \${t.byteLength} bytes must fit into \${(0,S.dirname)(t.path)}\`,a=\`\${n}: \${o}\${i}; free s\
ome room, or \${h(t)}\`;return new u("KEEPFIT_STORE_FULL",a,{cause:e})}return new u("KEEPFIT_STORE_FAI\
LED",\`\${n}: \${me(r,t)}\`,{cause:e})}function m(e){let r=(f(e)?e.cause:e)?.code;return typeof r=="stri\
ng"?r:""}async function g(e){try{return await e()}catch(t){if(m(t)==="ENOENT")return;throw t}}functi\
on me(e,t){let{owner:r,path:n}=t,o=_[r];switch(e){case"EACCES":case"EPERM":return\`this user may not;\
 let it read and write \${(0,S.dirname)(n)}, or \${h(t)}\`;case"ERR_ACCESS_DENIED":return"Node's permis\
sion model forbids it; use --allow-fs-write, or on Node 26, which forbids fsync, no --permission";ca\
se"EROFS":return\`the file system is read-only; give \${r} a \${o} that can be written\`;case"EEXIST":re\
turn\`something else has this name; move it away, or \${h(t)}\`;case"ENOTDIR":return\`a part of this pat\
h is a file; give \${r} a path made of folders\`;case"EISDIR":return\`a folder has this name; move it a\
way, or \${h(t)}\`;case"ELOOP":return"a symbolic link has this name and cannot be followed; remove it"\
;case"EFBIG":return\`the file system, or ulimit -f, takes no file of this size; give \${r} a \${o} on a\
nother one\`;case"ENOENT":return"it was removed meanwhile; let nothing else write or clean up in this\
 folder";case"EMFILE":case"ENFILE":return"too many files are open; raise the limit (ulimit -n)";defa\
ult:return\`see the cause, or \${h(t)}\`}}function h({owner:e}){return\`give \${e} another \${_[e]}\`}var W\
={open:"open",stat:"look at",lstat:"look at",readdir:"list",mkdir:"make the folder",rename:"rename",\
link:"link",unlink:"delete"},N={read:"read",write:"write",truncate:"cut",stat:"look at",utimes:"set \
the time of",sync:"sync",close:"close"},de=new Set(["rename","link"]);function k(e,t,r={}){let n=A(e\
,W,(o,i)=>({owner:t,action:o==="open"?fe(e.constants,Number(i[1])):W[o],path:String(de.has(o)?i[1]:i\
[0]),...r}));return{...n,constants:e.constants,open:async(o,i,a)=>A(await n.open(o,i,a),N,c=>({owner\
:t,action:N[c],path:o,...r})),for:o=>k(e,t,{...r,...o})}}function fe({O_WRONLY:e,O_EXCL:t=0},r){retu\
rn(r&t)!==0?"make":(r&e)===0?"read":"open"}function A(e,t,r){let n=e,o=Object.keys(t).map(i=>[i,asyn\
c(...a)=>{try{return await Reflect.apply(n[i],e,a)}catch(c){throw f(c)?c:$(c,r(i,a))}}]);return Obje\
ct.fromEntries(o)}var Ye=16*1024*1024;function K(e,t,r){return{...e,fs:k(t,"fsStore"),host:r,commits\
:R()}}var L=require("node:crypto"),T=require("node:path");var pe=".safetensors";function v(e,t){retu\
rn(0,T.join)(e,\`\${t}\${pe}\`)}function U(e,t){return(0,T.join)(e,\`.\${t}.\${(0,L.randomUUID)()}.tmp\`)}va\
r w=require("node:path");async function E({fs:e,host:t},r){if(t.isWindows)return;let n=await e.for({\
action:"sync the folder"}).open(r,e.constants.O_RDONLY);try{await n.sync()}catch(o){if(m(o)!=="EINVA\
L")throw o}finally{await n.close()}}var ye=new Set(["EACCES","EPERM"]);async function D(e){let t=awa\
it j(e,e.path);t&&e.isPrepared||(await M(e,e.path,t),e.isPrepared=!0)}async function M(e,t,r){let n=\
(0,w.dirname)(t);if(r)return he(e,t);await M(e,n,await j(e,n));try{await e.fs.mkdir(t,{mode:448})}ca\
tch(o){if(m(o)!=="EEXIST")throw o}await E(e,n)}async function j({fs:e},t){let r=e.for({action:"look \
at the folder"}),n=await g(()=>r.stat(t,{bigint:!0}));if(n===void 0)return!1;if(n.isDirectory())retu\
rn!0;throw new u("KEEPFIT_STORE_FAILED",\`\${t} is a file, but fsStore needs a folder there; give fsSt\
ore the path of a folder\`)}async function he(e,t){if((0,w.dirname)(t)!==t)try{await E(e,(0,w.dirname\
)(t))}catch(r){if(!ye.has(m(r)))throw r}}async function H(e,t){let{O_WRONLY:r,O_CREAT:n,O_EXCL:o,O_N\
OFOLLOW:i=0}=e.constants,a=await e.open(t,r|n|o|i,384);return{path:t,handle:a,isOpen:!0}}async funct\
ion b(e){e.isOpen=!1,await e.handle.close()}async function B(e,t){t.isOpen&&await b(t).catch(()=>{})\
,await e.unlink(t.path).catch(()=>{})}var Ee=new Set(["EPERM","EACCES","EBUSY"]),ge=500,we=1e4;async\
 function q(e,t,r=async()=>{}){for(let n=0,o=10;;n+=o,o=Math.min(2*o,ge)){await r();try{return await\
 t()}catch(i){if(!e.isWindows||!Ee.has(m(i))||n>=we)throw i}await e.pause(o)}}async function V(e,t,r\
,n){for(let o=0;o<t.length;){let i=Math.min(t.length-o,1073741824),{bytesWritten:a}=await e.write(t,\
o,i,r+o);if(!(a>0&&a<=i))throw n(i,a);o+=a}}var F=class{#n;#o;#e=0;#t;#r;constructor(t,r){this.#n=t,\
this.#o=r}add(t){this.throwFailure(),this.#e+=t,!(this.#e<this.#o||this.#t!==void 0)&&(this.#e=0,thi\
s.#t=this.#i())}async waitUntilIdle(){await this.#t}throwFailure(){if(this.#r!==void 0)throw this.#r\
.error}async#i(){try{await this.#n.handle.sync()}catch(t){this.#r={error:t}}this.#t=void 0}};var P="\
the old checkpoint stays";function Q(e,t,r,n){let[o,i]=[r,n].map(a=>a===null?"no checkpoint":\`versio\
n \${a}\`);return new u("KEEPFIT_STORE_CONFLICT",\`\${e} should be \${o}, but is \${i}: another trainer wr\
ote in \${t}, and nothing was changed. Stop one of the two, or give each its own folder or name\`)}fun\
ction Y(e,t,r){return new u("KEEPFIT_STORE_FAILED",\`\${e} should have \${t} bytes, but has \${r}; \${P}\`\
)}function G(e,t,r){return new u("KEEPFIT_STORE_FAILED",\`a write of \${t} bytes to \${e} wrote \${r}; \$\
{P}\`)}function C(e,t,r){return new u("KEEPFIT_STORE_FAILED",\`the chunks for \${e} must add up to the \
announced \${t} bytes, but came to \${r}; \${P}\`)}function z(e,t){return new u("KEEPFIT_STORE_FAILED",\`\
the new checkpoint is in place at \${e}, but a power cut may bring back the old one because the folde\
r could not be synced (\${m(t)||String(t)}); check the disk before you continue\`,{cause:t})}function \
x({dev:e,ino:t,mtimeNs:r,size:n}){return\`\${e}:\${t}:\${r}:\${n}\`}async function J(e,t){try{await E(e,e.\
path)}catch(r){throw z(t,r.cause)}}async function X(e,t,r,n,o){let{byteLength:i}=r,a=v(e.path,t),c=a\
wait Z(e,a,n);await D(e);let l=await H(e.fs.for({byteLength:i}),o?.temp??U(e.path,t)),d;try{await Fe\
(l,r,e.syncEvery);let p=await ke(l,i);await Te(e,l,p,c),await l.handle.sync(),await b(l),d=x(await e\
.fs.lstat(l.path,{bigint:!0})),o?.beforeRename(d),await e.commits.run(()=>be(e,a,l,n))}catch(p){thro\
w await B(e.fs,l),p}return await J(e,a),d}async function Z({fs:e,path:t},r,n){let o=await g(()=>e.ls\
tat(r,{bigint:!0})),i=o===void 0?null:x(o);if(n===void 0||n.replaces===i)return o;throw Q(r,t,n.repl\
aces,i)}async function Fe(e,t,r){let n=new F(e,r);try{await Se(e,t,o=>n.add(o))}finally{await n.wait\
UntilIdle()}n.throwFailure()}async function Se({path:e,handle:t},{byteLength:r,chunks:n},o){let i=0;\
for await(let a of n){let c=new Uint8Array(a.buffer,a.byteOffset,a.byteLength);if(i+c.length>r)throw\
 C(e,r,\`\${i+c.length} or more\`);await V(t,c,i,(l,d)=>G(e,l,d)),i+=c.length,o(c.length)}if(i!==r)thro\
w C(e,r,String(i))}async function ke({path:e,handle:t},r){let n=await t.stat({bigint:!0});if(n.size=\
==BigInt(r))return n;throw Y(e,r,n.size)}async function Te(e,{handle:t},r,n){let o=n!==void 0&&n.mti\
meNs>e.newestTime?n.mtimeNs:e.newestTime,{mtimeNs:i}=r;for(let a of[2n,2000n]){if(i>o)break;let c=Nu\
mber(o/1000000n+a)/1e3;await t.utimes(c,c),{mtimeNs:i}=await t.stat({bigint:!0})}i>e.newestTime&&(e.\
newestTime=i)}async function be(e,t,r,n){let o=e.fs.for({action:"put a new checkpoint at"});await q(\
e.host,()=>o.rename(r.path,t),async()=>n&&Z(e,t,n))}var Pe=128;function ee(e,t){for(let r=0;r<Pe;r++\
)e[r]=t.charCodeAt(r)}function te(e){if(!f(e))throw e;let{code:t,message:r,cause:n}=e;return{code:t,\
message:r.slice(\`\${t}: \`.length),cause:n instanceof Error?{message:n.message,fields:{...n}}:void 0}}\
async function oe(e,t){let r=new O(e);for(;;){let n=await r.receive();n.kind==="begin"&&r.send({kind\
:"ended",outcome:await Ce(r,n.job,t)}),r.flush()}}async function Ce(e,t,r){let n=K(t.folder,r,{isWin\
dows:!1,pause:ne.setTimeout}),{path:o,syncEvery:i}=n,a=xe(e,t),c=await X(n,t.key,a,t.condition,{temp\
:t.temp,beforeRename:p=>ee(t.renaming,p)}).catch(te),{isPrepared:l,newestTime:d}=n;return{folder:{pa\
th:o,syncEvery:i,isPrepared:l,newestTime:d},result:c}}function xe(e,{byteLength:t,partLengths:r}){le\
t n=Oe(e);return{byteLength:t,chunks:r===void 0?n:Ie(n,r)}}async function*Oe(e){for(;;){let t=await \
e.receive();if(t.kind==="commit")return;if(t.kind!=="bytes")throw new u("KEEPFIT_STORE_FAILED","the \
store has given up");let{buffer:r,length:n}=t;yield new Uint8Array(r,0,n),e.send({kind:"freed",buffe\
r:r})}}async function*Ie(e,t){let r=new y(t,re.crc32);for await(let n of e)r.add(n),yield n;yield r.\
toBytes()}var O=class{#n;#o=[];#e=[];#t=()=>{};constructor(t){this.#n=t,t.on("message",r=>{this.#o.p\
ush(...r),this.#t()})}async receive(){for(;;){let t=this.#o.shift();if(t!==void 0)return t;this.flus\
h(),await new Promise(r=>{this.#t=r})}}send(t){this.#e.push(t)}flush(){if(this.#e.length===0)return;\
let t=this.#e.flatMap(r=>r.kind==="freed"?[r.buffer]:[]);this.#n.postMessage(this.#e,t),this.#e=[]}}\
;var s=require("node:fs"),ie=require("node:util"),Re=(0,ie.promisify)(s.fsync),se={constants:s.const\
ants,open:async(e,t,r)=>_e((0,s.openSync)(e,t,r)),stat:async(e,t)=>(0,s.statSync)(e,t),lstat:async(e\
,t)=>(0,s.lstatSync)(e,t),readdir:async(e,t)=>(0,s.readdirSync)(e,t),mkdir:async(e,t)=>(0,s.mkdirSyn\
c)(e,t),rename:async(e,t)=>(0,s.renameSync)(e,t),link:async(e,t)=>(0,s.linkSync)(e,t),unlink:async e\
=>(0,s.unlinkSync)(e)};function _e(e){return{read:async(...t)=>({bytesRead:(0,s.readSync)(e,...t)}),\
write:async(...t)=>({bytesWritten:(0,s.writeSync)(e,...t)}),stat:async t=>(0,s.fstatSync)(e,t),utime\
s:async(...t)=>(0,s.futimesSync)(e,...t),sync:()=>Re(e),close:async()=>(0,s.closeSync)(e)}}oe(ae.par\
entPort,se).catch(e=>{queueMicrotask(()=>{throw e})});`;
